// SPDX-License-Identifier: LGPL-2.1-or-later
// Attributes and names.

#include <sys/stat.h>
#include <unistd.h>

#include "preload/door/operations.h"
#include "vfs/file_mode.h"

namespace strait::preload {

namespace {

constexpr size_t xattr_list_max = 65536;  // XATTR_LIST_MAX of Linux

// R_OK, W_OK and X_OK as the access bits that a file of this type has.
uint32_t access_bits(uint32_t mode, vfs::FileType type) {
    bool directory = type == vfs::FileType::directory;
    uint32_t bits = 0;
    if (mode & R_OK) bits |= vfs::access_read;
    if (mode & W_OK) bits |= vfs::access_modify | vfs::access_extend;
    if (mode & X_OK) bits |= directory ? vfs::access_lookup : vfs::access_execute;
    return bits;
}

std::optional<vfs::SetTime> time_of(const shm::Request& request, uint32_t explicitly, uint32_t now,
                                    int64_t seconds, uint32_t nanoseconds) {
    if (request.flags & now) return vfs::SetTime{};
    if (!(request.flags & explicitly)) return std::nullopt;
    return vfs::SetTime{false, {seconds, nanoseconds}};
}

Result<vfs::SetAttributes> set_attributes(const shm::Request& request) {
    constexpr uint32_t second = 1'000'000'000;
    if (request.atime_ns >= second && request.flags & shm::flag_atime) return fail(Errc::inval);
    if (request.mtime_ns >= second && request.flags & shm::flag_mtime) return fail(Errc::inval);
    vfs::SetAttributes out;
    if (request.flags & shm::flag_mode) out.mode = request.mode & 07777;
    if (request.flags & shm::flag_uid) out.uid = request.uid;
    if (request.flags & shm::flag_gid) out.gid = request.gid;
    if (request.flags & shm::flag_size) out.size = request.offset;
    out.atime =
        time_of(request, shm::flag_atime, shm::flag_atime_now, request.atime_s, request.atime_ns);
    out.mtime =
        time_of(request, shm::flag_mtime, shm::flag_mtime_now, request.mtime_s, request.mtime_ns);
    return out;
}

// An open itself, or a place.
Task<vfs::Attributes> attributes_of(Exchange& exchange, vfs::AttrMask mask) {
    if (exchange.has_path()) {
        vfs::At at = co_await exchange.at();
        co_return co_await exchange.process->files->stat(at, mask);
    }
    TokenRef token = co_await exchange.token();
    co_return co_await token->file->stat(mask);
}

}  // namespace

Task<> op_stat(Exchange& exchange) {
    vfs::Attributes attributes = co_await attributes_of(exchange, vfs::stat_mask);
    fill(exchange.reply.stat, attributes);
}

Task<> op_statfs(Exchange& exchange) {
    vfs::Attributes attributes;
    if (exchange.has_path()) {
        vfs::At at = co_await exchange.at();
        attributes = co_await exchange.process->files->statfs(at);
    } else {
        TokenRef token = co_await exchange.token();
        attributes = co_await token->file->statfs();
    }
    fill(exchange.reply.statfs, attributes);
}

Task<> op_access(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    uint32_t mode = exchange.request.arg & (R_OK | W_OK | X_OK);
    vfs::Attributes attributes =
        co_await exchange.process->files->stat(at, {vfs::Attr::type, vfs::Attr::mode});
    // Nobody may execute what has no x bit at all, root included.
    if ((mode & X_OK) && attributes.type == vfs::FileType::regular && !(attributes.mode & 0111))
        co_await Errc::access;
    uint32_t bits = access_bits(mode, attributes.type);
    if (bits) co_await exchange.process->files->access(at, bits);
}

Task<> op_readlink(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    Buffer target = co_await exchange.process->files->readlink(at);
    co_await exchange.answer(target.text());
}

Task<> op_realpath(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    std::string path = co_await exchange.process->files->realpath(at);
    co_await exchange.answer(path);
}

Task<> op_chdir(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    vfs::FileSystem& files = *exchange.process->files;
    vfs::OpenFileRef node = co_await files.open(at, {.directory = true, .path_only = true});
    std::string path;
    if (node->named() == vfs::Named::removed) {
        path = node->path();
    } else {
        co_await files.access(at, vfs::access_lookup);
        path = co_await files.realpath(at);
    }
    co_await exchange.answer(path);
    exchange.process->cwd = {std::move(path), std::move(node)};
}

Task<> op_getcwd(Exchange& exchange) {
    const auto& [name, node] = exchange.process->cwd;
    if (!node || name != exchange.path) co_return;
    switch (node->named()) {
        case vfs::Named::as_opened:
            co_return;
        case vfs::Named::removed:
            co_await Errc::noent;
            co_return;
        case vfs::Named::moved:
            break;
    }
    vfs::At at = co_await exchange.at();
    std::string path = co_await exchange.process->files->realpath(at);
    co_await exchange.answer(path);
}

Task<> op_mkdir(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    co_await exchange.process->files->mkdir(at, exchange.request.mode & 07777);
}

Task<> op_mknod(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    vfs::FileType type = vfs::type_of(exchange.request.mode);
    if (type == vfs::FileType::directory) co_await Errc::perm;
    if (type == vfs::FileType::symlink || type == vfs::FileType::none) co_await Errc::inval;
    co_await exchange.process->files->mknod(
        at, type, exchange.request.mode & 07777,
        vfs::Device{exchange.request.rdev_major, exchange.request.rdev_minor});
}

Task<> op_symlink(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    co_await exchange.process->files->symlink(exchange.path2, at);
}

Task<> op_link(Exchange& exchange) {
    vfs::At from = co_await exchange.at();
    vfs::At to = co_await exchange.at2();
    co_await exchange.process->files->link(from, to);
}

Task<> op_rename(Exchange& exchange) {
    vfs::At from = co_await exchange.at();
    vfs::At to = co_await exchange.at2();
    constexpr uint32_t known = vfs::rename_noreplace | vfs::rename_exchange;
    if (exchange.request.arg & ~known) co_await Errc::inval;
    co_await exchange.process->files->rename(from, to, exchange.request.arg);
}

Task<> op_remove(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    bool directory = exchange.request.arg != 0;
    co_await exchange.process->files->remove(
        at, directory ? vfs::RemoveKind::directory : vfs::RemoveKind::file);
}

namespace {

Task<> set_on_open(Exchange& exchange, vfs::OpenFile& file, const vfs::SetAttributes& attributes) {
    if (attributes.size) co_await exchange.maps.before_read(file, 0, ~uint64_t{0});
    co_await file.setattr(attributes);
    if (attributes.size) co_await exchange.maps.resized(file);
}

// A file that is cut may be mapped, and only an open tells whether it is.
Task<> set_at_path(Exchange& exchange, vfs::At at, const vfs::SetAttributes& attributes) {
    if (!attributes.size || exchange.maps.empty()) {
        co_await exchange.process->files->setattr(at, attributes);
        co_return;
    }
    vfs::OpenFileRef file =
        co_await exchange.process->files->open(at, {.access = vfs::OpenAccess::write});
    auto outcome = co_await set_on_open(exchange, *file, attributes).result();
    auto closed = co_await file->close().result();
    co_await outcome;
    co_await closed;
}

}  // namespace

Task<> op_setattr(Exchange& exchange) {
    vfs::SetAttributes attributes = co_await set_attributes(exchange.request);
    if (attributes.empty()) {  // nothing to change; the file must be there all the same
        vfs::Attributes ignored = co_await attributes_of(exchange, vfs::Attr::type);
        (void)ignored;
        co_return;
    }
    if (exchange.has_path()) {
        vfs::At at = co_await exchange.at();
        co_await set_at_path(exchange, at, attributes);
    } else {
        TokenRef token = co_await exchange.token();
        co_await set_on_open(exchange, *token->file, attributes);
    }
}

Task<> op_getxattr(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    Buffer value = co_await exchange.process->files->getxattr(at, exchange.path2);
    co_await exchange.answer(value.text());
}

Task<> op_setxattr(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    Buffer value = Buffer::copy_of(exchange.sent());
    constexpr uint32_t create = 1, replace = 2;  // XATTR_CREATE, XATTR_REPLACE
    auto mode = exchange.request.arg == create    ? vfs::SetXattr::Mode::create
                : exchange.request.arg == replace ? vfs::SetXattr::Mode::replace
                                                  : vfs::SetXattr::Mode::either;
    co_await exchange.process->files->setxattr(at, exchange.path2, value.bytes(), mode);
}

Task<> op_listxattr(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    auto names = co_await exchange.process->files->listxattrs(at).result();
    if (!names && names.error() == Errc::notsup) co_return;  // then there are none
    if (!names) co_await names.error();
    std::string joined;
    for (const std::string& name : *names) joined.append(name).push_back('\0');
    if (joined.size() > xattr_list_max) co_await Errc::toobig;
    co_await exchange.answer(joined);
}

Task<> op_removexattr(Exchange& exchange) {
    vfs::At at = co_await exchange.at();
    co_await exchange.process->files->removexattr(at, exchange.path2);
}

}  // namespace strait::preload
