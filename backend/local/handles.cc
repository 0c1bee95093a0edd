// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/local/handles.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>

#include <array>
#include <cstring>
#include <deque>

namespace strait::local {

namespace {

constexpr size_t kernel_room = 96;  // leaves the server room for export id and MAC within 128
constexpr size_t places_kept = 1u << 20;
constexpr int deepest = 1024;

struct KernelHandle {
    file_handle head;
    unsigned char bytes[kernel_room];
};

struct SearchHandle {
    char kind = 'S';
    char unused[3] = {};
    uint32_t birth_nanoseconds = 0;
    uint64_t device = 0;
    uint64_t inode = 0;
    int64_t birth_seconds = 0;
};

template <class T>
Bytes raw_bytes(const T& value) {
    return {reinterpret_cast<const std::byte*>(&value), sizeof value};
}

// A directory below `root` for reading, by a path without symlinks.
Fd open_beneath(int root, const char* path) {
    open_how how{};
    how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
    return Fd(static_cast<int>(::syscall(SYS_openat2, root, path, &how, sizeof how)));
}

}  // namespace

SharedHandles::SharedHandles(int root, uint64_t root_device) : root_(root) {
    auto st = stat_fd(root);
    root_key_ = {root_device, st ? st->stx_ino : 0};
    auto handle = kernel_handle(root, "");
    if (handle) by_kernel_ = open_kernel(handle->bytes().subspan(1)).has_value();
}

Result<vfs::Handle> SharedHandles::kernel_handle(int directory, const char* name) const {
    KernelHandle room;
    room.head.handle_bytes = kernel_room;
    int mount_id;
    if (::name_to_handle_at(directory, name, &room.head, &mount_id, *name ? 0 : AT_EMPTY_PATH) < 0)
        return fail(last_error());
    std::array<std::byte, 5 + kernel_room> bytes;
    bytes[0] = std::byte{'K'};
    std::memcpy(&bytes[1], &room.head.handle_type, 4);
    std::memcpy(&bytes[5], room.bytes, room.head.handle_bytes);
    return vfs::Handle::from({bytes.data(), 5 + room.head.handle_bytes});
}

Result<vfs::Handle> SharedHandles::of_entry(int directory, const char* name,
                                            const struct statx& st) const {
    if (by_kernel_) return kernel_handle(directory, name);
    SearchHandle made;
    made.device = device_of(st);
    made.inode = st.stx_ino;
    made.birth_seconds = st.stx_btime.tv_sec;
    made.birth_nanoseconds = st.stx_btime.tv_nsec;
    return vfs::Handle::from(raw_bytes(made));
}

Result<vfs::Handle> SharedHandles::of_fd(int path_fd, const struct statx* known) const {
    if (by_kernel_) return kernel_handle(path_fd, "");
    if (known) return of_entry(path_fd, "", *known);
    auto st = stat_fd(path_fd);
    if (!st) return fail(st.error());
    return of_entry(path_fd, "", *st);
}

Result<Fd> SharedHandles::open(const vfs::Handle& handle) {
    Bytes bytes = handle.bytes();
    if (bytes.empty()) return fail(Errc::badhandle);
    if (bytes[0] == std::byte{'K'} && by_kernel_) return open_kernel(bytes.subspan(1));
    if (bytes[0] == std::byte{'S'}) return open_search(bytes);
    return fail(Errc::badhandle);
}

Result<Fd> SharedHandles::open_kernel(Bytes bytes) const {
    if (bytes.size() < 4 || bytes.size() > 4 + kernel_room) return fail(Errc::badhandle);
    KernelHandle room;
    std::memcpy(&room.head.handle_type, bytes.data(), 4);
    room.head.handle_bytes = static_cast<unsigned>(bytes.size() - 4);
    std::memcpy(room.bytes, bytes.data() + 4, bytes.size() - 4);
    int fd = ::open_by_handle_at(root_, &room.head, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) return Fd(fd);
    return fail(errno == EINVAL || errno == EOVERFLOW ? Error(Errc::badhandle) : last_error());
}

void SharedHandles::seen(const FileKey& directory, std::string_view name, const FileKey& file) {
    if (by_kernel_) return;
    std::lock_guard lock(mutex_);
    if (places_.size() >= places_kept)
        places_.clear();  // whatever is asked for again is found by a search
    places_.insert_or_assign(file, Place{directory, std::string(name)});
}

Result<Fd> SharedHandles::open_search(Bytes bytes) {
    SearchHandle asked;
    if (bytes.size() != sizeof asked) return fail(Errc::badhandle);
    std::memcpy(&asked, bytes.data(), sizeof asked);
    FileKey key{asked.device, asked.inode};
    for (bool searched = false;; searched = true) {
        if (searched && !search_tree(key)) return fail(Errc::stale);
        std::unique_lock lock(mutex_);
        auto fd = open_place(key, 0);
        if (!fd) {
            if (searched) return fail(Errc::stale);
            continue;
        }
        lock.unlock();
        auto st = stat_fd(fd->get());
        if (!st) return fail(st.error());
        bool same = device_of(*st) == key.device && st->stx_ino == key.inode;
        if (same && st->stx_btime.tv_sec == asked.birth_seconds &&
            st->stx_btime.tv_nsec == asked.birth_nanoseconds)
            return fd;
        if (same || searched) return fail(Errc::stale);  // the number was given to another file
    }
}

Result<Fd> SharedHandles::open_place(const FileKey& key, int depth) {
    if (key == root_key_) return open_entry(root_, ".");
    auto place = places_.find(key);
    if (place == places_.end() || depth > deepest) return fail(Errc::noent);
    auto directory = open_place(place->second.directory, depth + 1);
    if (!directory) return directory;
    return open_entry(directory->get(), place->second.name.c_str());
}

bool SharedHandles::search_tree(const FileKey& wanted) {
    struct Pending {
        FileKey key;
        std::string path;
    };
    std::deque<Pending> pending{{root_key_, "."}};
    bool found = false;
    while (!pending.empty() && !found) {
        Pending at = std::move(pending.front());
        pending.pop_front();
        Fd fd = open_beneath(root_, at.path.c_str());
        DIR* stream = fd ? ::fdopendir(::dup(fd.get())) : nullptr;
        if (!stream) continue;
        while (dirent* entry = ::readdir(stream)) {
            std::string_view name = entry->d_name;
            if (name == "." || name == "..") continue;
            auto st = stat_entry(fd.get(), entry->d_name);
            if (!st) continue;
            FileKey file{device_of(*st), st->stx_ino};
            seen(at.key, name, file);
            found = found || file == wanted;
            if (S_ISDIR(st->stx_mode)) pending.push_back({file, at.path + "/" + entry->d_name});
        }
        ::closedir(stream);
    }
    return found;
}

}  // namespace strait::local
