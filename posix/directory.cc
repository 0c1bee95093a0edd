// SPDX-License-Identifier: LGPL-2.1-or-later
// Directory streams.
#include <cerrno>
#include <cstring>

#include "posix/convert.h"

using namespace strait;
using namespace strait::posix;

// Used by one thread at a time, as libc's.
struct strait_dir {
    vfs::OpenFileRef file;
    std::string place;
    std::vector<vfs::DirEntry> entries;  // names view into storage
    vfs::ReadDir::Result storage;
    size_t next = 0;
    uint64_t cookie = 0;  // of the entry given last
    struct dirent entry;
};

namespace {

constexpr uint32_t listing_bytes = 1u << 16;

Task<> begin(Engine& engine, strait_dir& directory, std::string& why) {
    std::string path = co_await engine.locate(directory.place, why);
    directory.file = co_await engine.files().open({.path = path}, {.directory = true});
}

Task<> more(strait_dir& directory) {
    directory.entries.clear();
    directory.next = 0;
    vfs::ReadDir::Result storage;
    directory.entries = co_await directory.file->list(directory.cookie, listing_bytes, storage);
    directory.storage = std::move(storage);
}

Task<> end(strait_dir& directory) {
    vfs::OpenFileRef file = std::move(directory.file);
    co_await file->close();
}

}  // namespace

extern "C" {

strait_DIR* strait_opendir(const char* path) {
    if (!path) {
        errno = EFAULT;
        return nullptr;
    }
    auto made = std::make_unique<strait_dir>();
    made->place = path;
    std::string why;
    auto done = posix::run<void>("opendir", path, why,
                                 [&](Engine& engine) { return begin(engine, *made, why); });
    return done ? made.release() : nullptr;
}

struct dirent* strait_readdir(strait_DIR* directory) {
    if (directory->next == directory->entries.size()) {
        std::string why;
        auto done = posix::run<void>("readdir", directory->place, why,
                                     [&](Engine&) { return more(*directory); });
        if (!done || directory->entries.empty()) return nullptr;
    }
    const vfs::DirEntry& from = directory->entries[directory->next++];
    struct dirent& entry = directory->entry;
    directory->cookie = from.cookie;
    entry.d_ino = from.attributes.fileid;
    entry.d_off = static_cast<off_t>(from.cookie);
    entry.d_reclen = sizeof entry;
    entry.d_type = dirent_type(from.attributes.type);
    size_t count = std::min(from.name.size(), sizeof entry.d_name - 1);
    std::memcpy(entry.d_name, from.name.data(), count);
    entry.d_name[count] = '\0';
    return &entry;
}

void strait_seekdir(strait_DIR* directory, long position) {
    directory->entries.clear();
    directory->next = 0;
    directory->cookie = static_cast<uint64_t>(position);
}
void strait_rewinddir(strait_DIR* directory) { strait_seekdir(directory, 0); }
long strait_telldir(strait_DIR* directory) { return static_cast<long>(directory->cookie); }

int strait_closedir(strait_DIR* directory) {
    STRAIT_NEED(directory);
    std::string why;
    auto done = posix::run<void>("closedir", directory->place, why,
                                 [&](Engine&) { return end(*directory); });
    delete directory;
    return done ? 0 : -1;
}
}
