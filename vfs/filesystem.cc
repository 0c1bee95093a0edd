// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/filesystem.h"

#include "base/log.h"
#include "vfs/filesystem_impl.h"
#include "vfs/open_regular.h"
#include "vfs/path.h"

namespace strait::vfs {

FileSystem::FileSystem(FileSystemOptions options)
    : impl_(std::make_unique<Impl>(std::move(options))) {}
FileSystem::~FileSystem() = default;

Result<> FileSystem::mount(std::string_view prefix, std::unique_ptr<Backend> backend,
                           MountPolicy policy, CredentialRef credential) {
    if (!prefix.starts_with('/') || !backend) return fail(Errc::inval);
    auto made = make_ref<Mount>(normalise(prefix), std::move(backend), policy,
                                std::move(credential), impl_->options);
    return impl_->mounts.add(std::move(made));
}

bool FileSystem::covers(std::string_view path) const {
    std::string_view rest;
    return path.starts_with('/') && impl_->mounts.find(path, rest);
}

Task<> FileSystem::close() {
    for (size_t i = 0; i < impl_->mounts.all().size(); i++) {
        MountRef mount = impl_->mounts.all()[i];
        std::vector<Ref<OpenRegular>> open;
        for (auto& [handle, state] : mount->states())
            for (auto* each : state->opens()) open.emplace_back(each);
        for (auto& each : open) {
            auto closed = co_await each->close().result();
            if (!closed) log_warn("closing {}: {}", each->path(), errc_text(closed.error().code));
        }
        co_await mount->close();
    }
}

size_t FileSystem::waiting_bytes() const {
    size_t all = 0;
    for (auto& mount : impl_->mounts.all()) all += mount->waiting_data().bytes();
    return all;
}

uint64_t FileSystem::news() const {
    uint64_t all = 0;
    for (auto& mount : impl_->mounts.all()) all += mount->hold().news();
    return all;
}

Task<OpenFileRef> FileSystem::open(At at, OpenFlags flags) {
    co_return co_await impl_->open(at, flags, ~uint64_t{0});
}

Task<BufferChain> FileSystem::read_file(At at, uint64_t max_bytes) {
    OpenFileRef file = co_await impl_->open(at, OpenFlags{}, max_bytes);
    BufferChain got;
    // Over a file that grows meanwhile a read may end early.
    while (got.size() < max_bytes) {
        auto more = co_await file->read_at(got.size(), max_bytes - got.size()).result();
        if (!more) co_return more.error();
        if (more->empty()) break;
        got.append(std::move(*more));
    }
    co_await file->close();
    co_return got;
}

Task<> FileSystem::write_file(At at, BufferChain data, OpenFlags flags) {
    bool done = false;
    co_await impl_->write_file(at, data, flags, done);
    if (done) co_return;
    flags.access = OpenAccess::write;
    OpenFileRef file = co_await open(at, flags);
    size_t written = co_await file->write(std::move(data));
    (void)written;
    co_await file->close();
}

}  // namespace strait::vfs
