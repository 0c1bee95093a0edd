// SPDX-License-Identifier: LGPL-2.1-or-later
// What a Context does with places: locate, then one call of the file system.
#include "asyncapi/context_impl.h"
#include "asyncapi/convert.h"

namespace strait {

namespace {

using asyncapi::Engine;
using asyncapi::Story;
using StoryRef = std::shared_ptr<Story>;
using vfs::At;

StoryRef story(const char* verb, std::string_view place) {
    return std::make_shared<Story>(Story{std::string(verb) + " " + std::string(place), ""});
}

std::shared_ptr<detail::OpenObject> object(Engine& engine, vfs::OpenFileRef file,
                                           std::string place) {
    return std::make_shared<detail::OpenObject>(
        detail::OpenObject{&engine, std::move(file), std::move(place)});
}

Task<File> open(Engine& engine, StoryRef tale, std::string place, vfs::OpenFlags flags) {
    std::string path = co_await engine.locate(place, tale->why);
    vfs::OpenFileRef file = co_await engine.files().open({.path = path}, flags);
    if (file->type() == vfs::FileType::directory) co_return Errc::isdir;
    co_return File(object(engine, file, place));
}

Task<Directory> open_directory(Engine& engine, StoryRef tale, std::string place) {
    std::string path = co_await engine.locate(place, tale->why);
    vfs::OpenFileRef file = co_await engine.files().open({.path = path}, {.directory = true});
    co_return Directory(object(engine, file, place));
}

Task<Stat> stat(Engine& engine, StoryRef tale, std::string place, bool follow) {
    std::string path = co_await engine.locate(place, tale->why);
    vfs::Attributes got = co_await engine.files().stat({.path = path, .follow = follow});
    co_return asyncapi::public_stat(got);
}

Task<SpaceStat> statfs(Engine& engine, StoryRef tale, std::string place) {
    std::string path = co_await engine.locate(place, tale->why);
    vfs::Attributes got = co_await engine.files().statfs({.path = path});
    co_return asyncapi::public_space(got);
}

Task<> access(Engine& engine, StoryRef tale, std::string place, uint32_t bits) {
    std::string path = co_await engine.locate(place, tale->why);
    co_await engine.files().access({.path = path}, bits);
}

Task<Data> read_file(Engine& engine, StoryRef tale, std::string place) {
    std::string path = co_await engine.locate(place, tale->why);
    BufferChain got = co_await engine.files().read_file({.path = path});
    co_return asyncapi::public_data(std::move(got));
}

Task<> write_file(Engine& engine, StoryRef tale, std::string place, BufferChain data,
                  vfs::OpenFlags flags) {
    std::string path = co_await engine.locate(place, tale->why);
    co_await engine.files().write_file({.path = path}, std::move(data), flags);
}

Task<> mkdir(Engine& engine, StoryRef tale, std::string place, uint32_t mode) {
    std::string path = co_await engine.locate(place, tale->why);
    co_await engine.files().mkdir({.path = path}, mode);
}

Task<> remove(Engine& engine, StoryRef tale, std::string place, vfs::RemoveKind kind) {
    std::string path = co_await engine.locate(place, tale->why);
    co_await engine.files().remove({.path = path}, kind);
}

Task<> rename(Engine& engine, StoryRef tale, std::string from, std::string to) {
    std::string source = co_await engine.locate(from, tale->why);
    std::string target = co_await engine.locate(to, tale->why);
    co_await engine.files().rename({.path = source}, {.path = target});
}

Task<> link(Engine& engine, StoryRef tale, std::string existing, std::string made) {
    std::string source = co_await engine.locate(existing, tale->why);
    std::string target = co_await engine.locate(made, tale->why);
    co_await engine.files().link({.path = source, .follow = false}, {.path = target});
}

Task<> symlink(Engine& engine, StoryRef tale, std::string target, std::string made) {
    std::string path = co_await engine.locate(made, tale->why);
    co_await engine.files().symlink(target, {.path = path});
}

Task<std::string> readlink(Engine& engine, StoryRef tale, std::string place) {
    std::string path = co_await engine.locate(place, tale->why);
    Buffer target = co_await engine.files().readlink({.path = path});
    co_return std::string(target.text());
}

Task<> change(Engine& engine, StoryRef tale, std::string place, vfs::SetAttributes wanted,
              bool follow) {
    std::string path = co_await engine.locate(place, tale->why);
    co_await engine.files().setattr({.path = path, .follow = follow}, wanted);
}

Task<> mount(Engine& engine, StoryRef tale, std::string prefix, std::string url) {
    co_await engine.mount(prefix, url, tale->why);
}

}  // namespace

Async<void> Context::mount(std::string_view prefix, std::string_view url) {
    auto tale = story("mount", url);
    return impl_->run(tale,
                      strait::mount(*impl_->engine, tale, std::string(prefix), std::string(url)));
}

Async<File> Context::open(std::string_view place, OpenMode mode) {
    auto tale = story("open", place);
    return impl_->run(
        tale, strait::open(*impl_->engine, tale, std::string(place), asyncapi::open_flags(mode)));
}

Async<Directory> Context::open_directory(std::string_view place) {
    auto tale = story("open", place);
    return impl_->run(tale, strait::open_directory(*impl_->engine, tale, std::string(place)));
}

Async<Stat> Context::stat(std::string_view place) {
    auto tale = story("stat", place);
    return impl_->run(tale, strait::stat(*impl_->engine, tale, std::string(place), true));
}

Async<Stat> Context::lstat(std::string_view place) {
    auto tale = story("lstat", place);
    return impl_->run(tale, strait::stat(*impl_->engine, tale, std::string(place), false));
}

Async<SpaceStat> Context::statfs(std::string_view place) {
    auto tale = story("statfs", place);
    return impl_->run(tale, strait::statfs(*impl_->engine, tale, std::string(place)));
}

Async<void> Context::access(std::string_view place, int mode) {
    auto tale = story("access", place);
    return impl_->run(tale, strait::access(*impl_->engine, tale, std::string(place),
                                           asyncapi::access_bits(mode)));
}

Async<Data> Context::read_file(std::string_view place) {
    auto tale = story("read", place);
    return impl_->run(tale, strait::read_file(*impl_->engine, tale, std::string(place)));
}

Async<void> Context::write_file(std::string_view place, std::span<const std::byte> bytes,
                                OpenMode mode) {
    auto tale = story("write", place);
    return impl_->run(
        tale, strait::write_file(*impl_->engine, tale, std::string(place),
                                 BufferChain(Buffer::copy_of(bytes)), asyncapi::open_flags(mode)));
}

Async<void> Context::mkdir(std::string_view place, uint32_t mode) {
    auto tale = story("mkdir", place);
    return impl_->run(tale, strait::mkdir(*impl_->engine, tale, std::string(place), mode));
}

Async<void> Context::remove(std::string_view place) {
    auto tale = story("remove", place);
    return impl_->run(
        tale, strait::remove(*impl_->engine, tale, std::string(place), vfs::RemoveKind::any));
}

Async<void> Context::unlink(std::string_view place) {
    auto tale = story("unlink", place);
    return impl_->run(
        tale, strait::remove(*impl_->engine, tale, std::string(place), vfs::RemoveKind::file));
}

Async<void> Context::rmdir(std::string_view place) {
    auto tale = story("rmdir", place);
    return impl_->run(
        tale, strait::remove(*impl_->engine, tale, std::string(place), vfs::RemoveKind::directory));
}

Async<void> Context::rename(std::string_view from, std::string_view to) {
    auto tale = story("rename", from);
    return impl_->run(tale,
                      strait::rename(*impl_->engine, tale, std::string(from), std::string(to)));
}

Async<void> Context::link(std::string_view existing, std::string_view made) {
    auto tale = story("link", made);
    return impl_->run(tale,
                      strait::link(*impl_->engine, tale, std::string(existing), std::string(made)));
}

Async<void> Context::symlink(std::string_view target, std::string_view made) {
    auto tale = story("symlink", made);
    return impl_->run(
        tale, strait::symlink(*impl_->engine, tale, std::string(target), std::string(made)));
}

Async<std::string> Context::readlink(std::string_view place) {
    auto tale = story("readlink", place);
    return impl_->run(tale, strait::readlink(*impl_->engine, tale, std::string(place)));
}

Async<void> Context::change(std::string_view place, const Changes& changes, bool follow) {
    auto tale = story("change", place);
    return impl_->run(tale, strait::change(*impl_->engine, tale, std::string(place),
                                           asyncapi::set_attributes(changes), follow));
}

}  // namespace strait
