// SPDX-License-Identifier: LGPL-2.1-or-later
// Listing a directory. A cookie is the host's own d_off, moved out of the way where it is one of
// the reserved 0, 1 and 2.
#include <dirent.h>
#include <fcntl.h>
#include <sys/syscall.h>

#include <cstring>

#include "backend/local/local_store.h"
#include "vfs/entry_bytes.h"
#include "vfs/file_mode.h"

namespace strait::local {

using namespace vfs;

namespace {

constexpr uint64_t moved = uint64_t{1} << 62;

uint64_t cookie_of(int64_t offset) {
    uint64_t value = static_cast<uint64_t>(offset);
    return value <= 2 ? moved | value : value;
}

int64_t offset_of(uint64_t cookie) {
    bool was_moved = cookie >= moved && cookie <= (moved | 2);
    return static_cast<int64_t>(was_moved ? cookie & 3 : cookie);
}

// linux_dirent64, as getdents64(2) lays it out.
struct RawEntry {
    uint64_t inode;
    int64_t offset;
    uint16_t length;
    uint8_t type;
    char name[];
};

FileType type_of_entry(uint8_t type) { return vfs::type_of(DTTOIF(type)); }

// Names in pool blocks, with addresses that stay.
class Names {
  public:
    explicit Names(SmallVector<Buffer, 2>& storage) : storage_(storage) {}
    std::string_view keep(std::string_view name) {
        if (room_ < name.size()) {
            storage_.push_back(Buffer::allocate(block_bytes));
            room_ = block_bytes;
        }
        std::byte* at = storage_.back().data() + (block_bytes - room_);
        std::memcpy(at, name.data(), name.size());
        room_ -= name.size();
        return {reinterpret_cast<const char*>(at), name.size()};
    }

  private:
    static constexpr size_t block_bytes = 32 << 10;
    SmallVector<Buffer, 2>& storage_;
    size_t room_ = 0;
};

}  // namespace

Task<ReadDir::Result> LocalStore::readdir(Node& directory, const ReadDir& args) {
    if (!directory.is_directory()) co_return Errc::notdir;
    LocalNode& parent = local(directory);
    Fd stream(::openat(parent.path_fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!stream) co_return last_error();
    if (args.cookie && ::lseek(stream.get(), offset_of(args.cookie), SEEK_SET) < 0)
        co_return Errc::badcookie;

    constexpr AttrMask from_listing{Attr::type, Attr::fileid};
    bool need_stat = !(args.mask - from_listing).empty();
    ReadDir::Result out;
    Names names(out.storage);
    Buffer raw = Buffer::allocate(32 << 10);
    uint32_t room = args.max_bytes;
    for (;;) {
        long size = ::syscall(SYS_getdents64, stream.get(), raw.data(), raw.size());
        if (size < 0) co_return errno == ENOENT ? Error(Errc::stale) : last_error();
        if (size == 0) {
            out.eof = true;
            co_return out;
        }
        for (long at = 0; at < size;) {
            auto* entry = reinterpret_cast<const RawEntry*>(raw.data() + at);
            at += entry->length;
            std::string_view name = entry->name;
            if (name == "." || name == "..") continue;
            uint32_t cost = least_entry_bytes(name.size(), args.mask);
            if (cost > room || out.entries.size() >= args.max_entries) {
                if (out.entries.empty()) co_return Errc::toosmall;
                co_return out;
            }
            DirEntry made;
            auto st = need_stat ? stat_entry(stream.get(), entry->name)
                                : Result<struct statx>(fail(Errc::ok));
            if (st) {
                fill(made.attributes, *st, args.mask);
                FileKey key{device_of(*st), st->stx_ino};
                made.attributes.fileid = made.attributes.mounted_on_fileid =
                    fileid_of(key, root_device_);
                handles_.seen(parent.key(), name, key);
                auto handle = args.mask.has(Attr::handle)
                                  ? handles_.of_entry(stream.get(), entry->name, *st)
                                  : Result<Handle>(fail(Errc::ok));
                if (handle) {
                    made.attributes.handle = *handle;
                    made.attributes.valid |= Attr::handle;
                }
            } else if (need_stat && st.error().code == Errc::noent) {
                continue;  // removed since it was listed
            } else {
                made.error = st.error();
                made.attributes.type = type_of_entry(entry->type);
                made.attributes.fileid = entry->inode;
                made.attributes.valid = from_listing;
            }
            room -= cost;
            made.name = names.keep(name);
            made.cookie = cookie_of(entry->offset);
            out.entries.push_back(std::move(made));
        }
    }
}

}  // namespace strait::local
