// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/ends.h"
#include "vfs/file_mode.h"

#include <fcntl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <climits>
#include <cstdlib>

namespace strait::tool {

using vfs::FileType;

namespace {

Result<> of_call(int outcome) {
    if (outcome != 0) return fail_errno(errno);
    return {};
}

timespec time_of(const std::optional<vfs::SetTime>& time) {
    if (!time) return {0, UTIME_OMIT};
    if (time->server_clock) return {0, UTIME_NOW};
    return {time->value.seconds, static_cast<long>(time->value.nanoseconds)};
}

Result<> set_local(const char* path, const vfs::SetAttributes& set) {
    constexpr uint32_t unchanged = ~0u;
    if (set.uid || set.gid) {
        auto done = of_call(lchown(path, set.uid.value_or(unchanged), set.gid.value_or(unchanged)));
        if (!done) return done;
    }
    struct ::stat now{};
    if (set.mode && lstat(path, &now) == 0 && !S_ISLNK(now.st_mode))
        if (auto done = of_call(chmod(path, *set.mode)); !done) return done;
    if (!set.atime && !set.mtime) return {};
    std::array<timespec, 2> times{time_of(set.atime), time_of(set.mtime)};
    return of_call(utimensat(AT_FDCWD, path, times.data(), AT_SYMLINK_NOFOLLOW));
}

Result<std::string> local_link(const std::string& path) {
    std::array<char, PATH_MAX> target;
    ssize_t size = readlink(path.c_str(), target.data(), target.size());
    if (size < 0) return fail_errno(errno);
    return std::string(target.data(), static_cast<size_t>(size));
}

}  // namespace

uint32_t current_umask() {
    mode_t mask = umask(0);
    umask(mask);
    return mask;
}

Task<std::optional<vfs::Attributes>> look(const Place& place, bool follow) {
    std::optional<vfs::Attributes> found;
    if (place.local()) {
        struct ::stat status{};
        int flags = follow ? 0 : AT_SYMLINK_NOFOLLOW;
        if (fstatat(AT_FDCWD, place.path.c_str(), &status, flags) == 0) {
            found = attributes_of(status);
        } else if (errno != ENOENT) {
            co_return fail_errno(errno).error();
        }
        co_return found;
    }
    auto asked = co_await place.files->stat(place.at(follow)).result();
    if (asked) {
        found = *asked;
    } else if (asked.error() != Errc::noent) {
        co_return asked.error();
    }
    co_return found;
}

Task<std::vector<Entry>> list(const Place& place) {
    if (place.local()) co_return list_local(place.path);
    co_return co_await list_directory(place);
}

Task<> make_directory(const Place& place, uint32_t mode) {
    if (place.local()) {
        co_await of_call(mkdir(place.path.c_str(), mode));
    } else {
        co_await place.files->mkdir(place.at(), mode);
    }
}

Task<> make_symlink(const Place& place, std::string target) {
    if (place.local()) {
        co_await of_call(symlink(target.c_str(), place.path.c_str()));
    } else {
        co_await place.files->symlink(target, place.at(false));
    }
}

Task<> make_special(const Place& place, const vfs::Attributes& like) {
    if (place.local()) {
        mode_t mode = vfs::type_bits(like.type) | like.mode;
        co_await of_call(
            mknod(place.path.c_str(), mode, makedev(like.rdev.major, like.rdev.minor)));
    } else {
        co_await place.files->mknod(place.at(false), like.type, like.mode, like.rdev);
    }
}

Task<std::string> read_symlink(const Place& place) {
    if (place.local()) co_return local_link(place.path);
    Buffer target = co_await place.files->readlink(place.at(false));
    co_return std::string(target.text());
}

Task<> rename_over(const Place& from, const Place& to) {
    if (from.local()) {
        co_await of_call(rename(from.path.c_str(), to.path.c_str()));
    } else {
        co_await from.files->rename(from.at(), to.at());
    }
}

Task<> remove_file(const Place& place) {
    if (place.local()) {
        co_await of_call(unlink(place.path.c_str()));
    } else {
        co_await place.files->remove(place.at(), vfs::RemoveKind::file);
    }
}

Task<> set_attributes(const Place& place, const vfs::SetAttributes& attributes) {
    if (attributes.empty()) co_return;
    if (place.local()) {
        co_await set_local(place.path.c_str(), attributes);
    } else {
        co_await place.files->setattr(place.at(false), attributes);
    }
}

Task<Place> resolve_links(const Place& place) {
    Place real = place;
    if (!place.local()) {
        real.path = co_await place.files->realpath(place.at());
        co_return real;
    }
    char* resolved = realpath(place.path.c_str(), nullptr);
    if (!resolved) co_return fail_errno(errno).error();
    real.path = resolved;
    free(resolved);
    co_return real;
}

}  // namespace strait::tool
