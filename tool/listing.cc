// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/listing.h"
#include "vfs/file_mode.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <memory>

namespace strait::tool {

using vfs::Attr;
using vfs::FileType;

namespace {

constexpr uint32_t chunk_bytes = 1u << 20;

Timestamp timestamp(const timespec& time) {
    return {time.tv_sec, static_cast<uint32_t>(time.tv_nsec)};
}

}  // namespace

Task<std::vector<Entry>> list_directory(const Place& place) {
    vfs::OpenFileRef directory = co_await place.files->open(place.at(), {.directory = true});
    std::vector<Entry> all;
    uint64_t cookie = 2;  // behind "." and ".."
    for (;;) {
        vfs::ReadDir::Result storage;
        std::vector<vfs::DirEntry> some = co_await directory->list(cookie, chunk_bytes, storage);
        if (some.empty()) break;
        for (auto& each : some) all.push_back({std::string(each.name), each.attributes});
        cookie = some.back().cookie;
        if (storage.eof) break;
    }
    co_await directory->close();
    co_return all;
}

vfs::Attributes attributes_of(const struct ::stat& from) {
    vfs::Attributes made;
    made.type = vfs::type_of(from.st_mode);
    made.mode = from.st_mode & 07777;
    made.uid = from.st_uid;
    made.gid = from.st_gid;
    made.nlink = static_cast<uint32_t>(from.st_nlink);
    made.size = static_cast<uint64_t>(from.st_size);
    made.space_used = static_cast<uint64_t>(from.st_blocks) * 512;
    made.fileid = from.st_ino;
    made.fsid = {major(from.st_dev), minor(from.st_dev)};
    made.rdev = {major(from.st_rdev), minor(from.st_rdev)};
    made.atime = timestamp(from.st_atim);
    made.mtime = timestamp(from.st_mtim);
    made.ctime = timestamp(from.st_ctim);
    made.valid = vfs::stat_mask - vfs::AttrMask{Attr::change, Attr::btime};
    return made;
}

Result<std::vector<Entry>> list_local(const std::string& path) {
    std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(path.c_str()), closedir);
    if (!directory) return fail_errno(errno);
    std::vector<Entry> all;
    for (;;) {
        errno = 0;
        const dirent* entry = readdir(directory.get());
        if (!entry && errno != 0) return fail_errno(errno);
        if (!entry) return all;
        std::string_view name = entry->d_name;
        if (name == "." || name == "..") continue;
        struct ::stat status{};
        if (fstatat(dirfd(directory.get()), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;  // gone meanwhile
        all.push_back({std::string(name), attributes_of(status)});
    }
}

}  // namespace strait::tool
