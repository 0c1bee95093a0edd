// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls that make, move and remove names.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "posix/convert.h"

using namespace strait;
using namespace strait::posix;

namespace {

Task<> make_directory(Engine& engine, std::string place, uint32_t mode, std::string& why) {
    std::string path = co_await engine.locate(place, why);
    co_await engine.files().mkdir({.path = path}, mode);
}

Task<> take_away(Engine& engine, std::string place, vfs::RemoveKind kind, std::string& why) {
    std::string path = co_await engine.locate(place, why);
    co_await engine.files().remove({.path = path}, kind);
}

Task<> move_entry(Engine& engine, std::string from, std::string to, std::string& why) {
    std::string source = co_await engine.locate(from, why);
    std::string target = co_await engine.locate(to, why);
    co_await engine.files().rename({.path = source}, {.path = target});
}

Task<> make_link(Engine& engine, std::string existing, std::string made, std::string& why) {
    std::string source = co_await engine.locate(existing, why);
    std::string target = co_await engine.locate(made, why);
    co_await engine.files().link({.path = source, .follow = false}, {.path = target});
}

Task<> make_symlink(Engine& engine, std::string target, std::string made, std::string& why) {
    std::string path = co_await engine.locate(made, why);
    co_await engine.files().symlink(target, {.path = path});
}

Task<ssize_t> read_symlink(Engine& engine, std::string place, char* into, size_t size,
                           std::string& why) {
    std::string path = co_await engine.locate(place, why);
    Buffer target = co_await engine.files().readlink({.path = path});
    size_t count = std::min(size, target.size());
    std::memcpy(into, target.data(), count);
    co_return static_cast<ssize_t>(count);
}

int remove_call(const char* call, const char* path, vfs::RemoveKind kind) {
    STRAIT_NEED(path);
    std::string why;
    auto done = posix::run<void>(
        call, path, why, [&](Engine& engine) { return take_away(engine, path, kind, why); });
    return done ? 0 : -1;
}

}  // namespace

extern "C" {

int strait_mkdir(const char* path, mode_t mode) {
    STRAIT_NEED(path);
    std::string why;
    // The umask goes the way of open(2)'s.
    auto flags = posix::open_flags(O_RDONLY | O_CREAT, mode);
    auto done = posix::run<void>("mkdir", path, why, [&](Engine& engine) {
        return make_directory(engine, path, flags->mode, why);
    });
    return done ? 0 : -1;
}

int strait_rmdir(const char* path) {
    return remove_call("rmdir", path, vfs::RemoveKind::directory);
}
int strait_unlink(const char* path) { return remove_call("unlink", path, vfs::RemoveKind::file); }

int strait_rename(const char* from, const char* to) {
    STRAIT_NEED(from && to);
    std::string why;
    auto done = posix::run<void>("rename", from, why,
                                 [&](Engine& engine) { return move_entry(engine, from, to, why); });
    return done ? 0 : -1;
}

int strait_link(const char* existing, const char* made) {
    STRAIT_NEED(existing && made);
    std::string why;
    auto done = posix::run<void>(
        "link", made, why, [&](Engine& engine) { return make_link(engine, existing, made, why); });
    return done ? 0 : -1;
}

int strait_symlink(const char* target, const char* made) {
    STRAIT_NEED(target && made);
    std::string why;
    auto done = posix::run<void>("symlink", made, why, [&](Engine& engine) {
        return make_symlink(engine, target, made, why);
    });
    return done ? 0 : -1;
}

ssize_t strait_readlink(const char* path, char* into, size_t size) {
    STRAIT_NEED(path && into);
    std::string why;
    auto done = posix::run<ssize_t>("readlink", path, why, [&](Engine& engine) {
        return read_symlink(engine, path, into, size, why);
    });
    return done ? *done : -1;
}
}
