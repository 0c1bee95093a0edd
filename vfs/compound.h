// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A Compound is a short program over a cursor: a current node, a saved node and a current open, as
// in NFSv4. It runs in order and stops at the first failure. It is not atomic. Names, paths and
// data are views or shares: the caller keeps what they view alive until run() has ended.
//
//   Compound program;
//   program.root().walk("a/b").open({.access = OpenAccess::read}).getattr(stat_mask).read(0,
//   65536).close();

#include <array>
#include <string_view>
#include <variant>
#include <vector>

#include "base/buffer.h"
#include "vfs/attributes.h"
#include "vfs/credential.h"

namespace strait::vfs {

// An open as the backend knows it; meaningful to the backend that gave it only.
struct OpenId {
    uint64_t value = 0;
    explicit operator bool() const { return value != 0; }
    friend bool operator==(const OpenId&, const OpenId&) = default;
};

// Who holds opens and locks: a client (its lease ends all it holds) and an owner within it. Opens
// of one owner on one file merge; locks of one owner never conflict. Zero client: the caller
// itself, owner unique per open.
struct Owner {
    uint64_t client = 0;
    uint64_t id = 0;
    friend bool operator==(const Owner&, const Owner&) = default;
};

enum class OpenAccess : uint8_t { none = 0, read = 1, write = 2, both = 3 };
enum class OpenDeny : uint8_t { none = 0, read = 1, write = 2, both = 3 };
enum class Stability : uint8_t { unstable, data_sync, file_sync };  // RFC 8881 section 18.32

// Bits of access checks, ACCESS4_* of RFC 8881 section 18.1 and RFC 8276.
enum : uint32_t {
    access_read = 1,
    access_lookup = 2,
    access_modify = 4,
    access_extend = 8,
    access_delete = 16,
    access_execute = 32,
    access_xattr_read = 64,
    access_xattr_write = 128,
    access_xattr_list = 256,
};

struct Done {};  // the result of an operation that has none

// --- the cursor
struct Root {
    using Result = Done;
};  // current = the root of this backend
struct Put {
    Handle handle;
    using Result = Done;
};  // current = that node; Errc::stale, Errc::badhandle
struct Save {
    using Result = Done;
};  // saved = current (and its open)
struct Restore {
    using Result = Done;
};  // current = saved (and its open)
struct UseOpen {
    OpenId open;
    using Result = Done;
};  // current open; also current node when there is none; Errc::bad_stateid
    // when it is unknown or of another node
// Components of `path` from the current directory; "" and "." stay, ".." goes up (the root's parent
// is the root). Never follows symlinks: one in the middle fails with Errc::symlink, one at the end
// is the current node.
struct Walk {
    std::string_view path;
    // A symlink at the end fails too (NFSv4: NVERIFY of the type). Only where
    // Capabilities::checked_walk_end says so: else ignored.
    bool refuse_symlink_end = false;
    struct Result {
        uint32_t walked = 0;
    };  // components done; also given when the walk fails: with Errc::symlink the last one done is
        // the symlink
};
struct GetHandle {
    struct Result {
        Handle handle;
    };
};

// --- attributes and access
struct GetAttr {
    AttrMask mask;
    struct Result {
        Attributes attributes;
    };
};
struct SetAttr {
    SetAttributes attributes;
    using Result = Done;
};
struct CheckAccess {
    uint32_t wanted = 0;
    struct Result {
        uint32_t supported = 0, granted = 0;
    };
};

// --- opens and data
struct Open {
    enum class Create : uint8_t { never, unchecked, guarded, exclusive };
    OpenAccess access = OpenAccess::read;
    OpenDeny deny = OpenDeny::none;
    std::string_view name;  // empty: the current node; else an entry of the current directory,
                            // which becomes current
    Create create = Create::never;
    SetAttributes
        attributes;  // of a new file; with unchecked, size 0 also truncates one that exists
    std::array<std::byte, 8>
        verifier{};  // exclusive: the same again is the same create (RFC 8881 section 18.16.3)
    Owner owner;
    bool reclaim =
        false;  // the client held this before a restart: pass conflicts of the grace period
    struct Result {
        OpenId open;
        bool created = false;
        bool merged =
            false;  // the owner had this file open: `open` is that one, its modes now the union
        ChangeInfo directory;  // when name was given
    };
};
struct Downgrade {
    OpenAccess access;
    OpenDeny deny;
    using Result = Done;
};  // of the current open
struct Close {
    using Result = Done;
};  // the current open, and its owner's locks on it
struct Read {
    uint64_t offset = 0;
    uint32_t count = 0;  // bytes
    struct Result {
        BufferChain data;
        bool eof = false;
    };
};
struct Write {
    uint64_t offset = 0;
    BufferChain data;
    Stability stability = Stability::unstable;
    struct Result {
        uint32_t count = 0;
        Stability committed = Stability::unstable;
        uint64_t verifier = 0;
    };
};
struct Commit {
    uint64_t offset = 0;
    uint64_t count = 0;
    struct Result {
        uint64_t verifier = 0;
    };
};  // count 0: to the end

// --- directories and names
struct DirEntry {
    std::string_view name;  // in Result::storage
    uint64_t cookie = 0;    // continue after this entry; never 0, 1 or 2
    Attributes attributes;
    Error error{Errc::ok};  // why attributes are missing
};
struct ReadDir {
    uint64_t cookie = 0;  // 0: from the beginning
    uint64_t verifier = 0;
    uint32_t max_bytes = 1u << 16;  // of names and attributes, as NFSv4 counts them, roughly
    uint32_t max_entries = ~0u;
    AttrMask mask;
    struct Result {  // "." and ".." are not among the entries
        std::vector<DirEntry> entries;
        SmallVector<Buffer, 2> storage;
        uint64_t verifier = 0;
        bool eof = false;
    };
};
struct ReadLink {
    struct Result {
        Buffer target;
    };
};
struct Create {  // anything but a regular file, in the current directory; the new node becomes
                 // current
    FileType type = FileType::directory;
    std::string_view name;
    SetAttributes attributes;
    std::string_view target;  // symlink
    Device device;            // block, character
    struct Result {
        ChangeInfo directory;
    };
};
enum class RemoveKind : uint8_t {
    any,
    file,
    directory
};  // unlink(2) is file, rmdir(2) is directory, NFS REMOVE is any
struct Remove {
    std::string_view name;
    RemoveKind kind = RemoveKind::any;
    struct Result {
        ChangeInfo directory;
    };
};
enum : uint32_t { rename_noreplace = 1, rename_exchange = 2 };
struct Rename {  // from the saved directory to the current one
    std::string_view from, to;
    uint32_t flags = 0;
    struct Result {
        ChangeInfo source, target;
    };
};
struct Link {
    std::string_view name;
    struct Result {
        ChangeInfo directory;
    };
};  // the saved node, into the current directory

// --- byte-range locks, on the current open (Test: on the current node)
enum class LockKind : uint8_t { read, write };
inline constexpr uint64_t lock_to_end = ~uint64_t{0};
struct LockConflict {
    uint64_t offset = 0, length = 0;
    LockKind kind = LockKind::read;
    Owner owner;
};
struct Lock {
    LockKind kind = LockKind::read;
    uint64_t offset = 0, length = lock_to_end;
    Owner owner;
    bool reclaim = false;
    struct Result {
        LockConflict conflict;
    };  // meaningful with Errc::denied; never waits
};
struct TestLock {
    LockKind kind = LockKind::read;
    uint64_t offset = 0, length = lock_to_end;
    Owner owner;
    struct Result {
        LockConflict conflict;
    };  // Errc::denied likewise
};
struct Unlock {
    uint64_t offset = 0, length = lock_to_end;
    Owner owner;
    using Result = Done;
};

// --- space and copies (RFC 7862)
struct Seek {
    bool hole = false;
    uint64_t offset = 0;
    struct Result {
        uint64_t offset = 0;
        bool eof = false;
    };
};
struct Allocate {
    uint64_t offset = 0, length = 0;
    using Result = Done;
};
struct Deallocate {
    uint64_t offset = 0, length = 0;
    using Result = Done;
};
// From the saved node (with its open) to the current one. Copy: length 0 is to the end; may copy
// less and says how much.
struct Copy {
    uint64_t source_offset = 0, target_offset = 0, length = 0;
    struct Result {
        uint64_t count = 0;
        Stability committed = Stability::unstable;
        uint64_t verifier = 0;
    };
};
struct Clone {
    uint64_t source_offset = 0, target_offset = 0, length = 0;
    using Result = Done;
};

// --- extended attributes (RFC 8276): names without the "user." prefix
struct GetXattr {
    std::string_view name;
    struct Result {
        Buffer value;
    };
};
struct SetXattr {
    enum class Mode : uint8_t { either, create, replace };
    std::string_view name;
    Bytes value;
    Mode mode = Mode::either;
    struct Result {
        ChangeInfo change;
    };
};
struct ListXattrs {
    uint64_t cookie = 0;
    uint32_t max_bytes = 1u << 16;
    struct Result {
        std::vector<std::string_view> names;
        SmallVector<Buffer, 1> storage;
        uint64_t cookie = 0;
        bool eof = false;
    };
};
struct RemoveXattr {
    std::string_view name;
    struct Result {
        ChangeInfo change;
    };
};

using Op = std::variant<Root, Put, Save, Restore, UseOpen, Walk, GetHandle, GetAttr, SetAttr,
                        CheckAccess, Open, Downgrade, Close, Read, Write, Commit, ReadDir, ReadLink,
                        Create, Remove, Rename, Link, Lock, TestLock, Unlock, Seek, Allocate,
                        Deallocate, Copy, Clone, GetXattr, SetXattr, ListXattrs, RemoveXattr>;
using OpResult =
    std::variant<Done, Walk::Result, GetHandle::Result, GetAttr::Result, CheckAccess::Result,
                 Open::Result, Read::Result, Write::Result, Commit::Result, ReadDir::Result,
                 ReadLink::Result, Create::Result, Remove::Result, Rename::Result, Link::Result,
                 Lock::Result, TestLock::Result, Seek::Result, Copy::Result, GetXattr::Result,
                 SetXattr::Result, ListXattrs::Result, RemoveXattr::Result>;

// "walk", "open", ...: for traces and errors.
std::string_view op_name(const Op& op) noexcept;
std::string_view op_name(size_t kind) noexcept;  // by index of Op

class Compound {
  public:
    Compound() = default;
    explicit Compound(CredentialRef caller) : credential(std::move(caller)) {}

    CredentialRef credential;  // null: the backend's own identity (a client's mount credential,
                               // root in a store)
    SmallVector<Op, 8> ops;

    template <class T>
    Compound& add(T op) {
        ops.emplace_back(std::in_place_type<T>, std::move(op));
        return *this;
    }

    Compound& root() { return add(Root{}); }
    Compound& put(const Handle& handle) { return add(Put{handle}); }
    Compound& save() { return add(Save{}); }
    Compound& restore() { return add(Restore{}); }
    Compound& use_open(OpenId open) { return add(UseOpen{open}); }
    Compound& walk(std::string_view path) { return add(Walk{path}); }
    Compound& get_handle() { return add(GetHandle{}); }
    Compound& getattr(AttrMask mask) { return add(GetAttr{mask}); }
    Compound& setattr(const SetAttributes& attributes) { return add(SetAttr{attributes}); }
    Compound& check_access(uint32_t wanted) { return add(CheckAccess{wanted}); }
    Compound& open(Open op) { return add(std::move(op)); }
    Compound& close() { return add(Close{}); }
    Compound& read(uint64_t offset, uint32_t count) { return add(Read{offset, count}); }
    Compound& write(uint64_t offset, BufferChain data, Stability stability = Stability::unstable) {
        return add(Write{offset, std::move(data), stability});
    }
    Compound& commit(uint64_t offset = 0, uint64_t count = 0) { return add(Commit{offset, count}); }
    Compound& readdir(ReadDir op) { return add(op); }
    Compound& readlink() { return add(ReadLink{}); }
    Compound& remove(std::string_view name, RemoveKind kind = RemoveKind::any) {
        return add(Remove{name, kind});
    }
};

// The results of the operations that were done, in order. When one failed, `error` says why and
// `results` may hold one entry more: what the failed operation still has to say (how far a walk
// came, who holds a lock).
class Reply {
  public:
    SmallVector<OpResult, 8> results;
    Error error{Errc::ok};
    uint32_t completed =
        0;  // operations that succeeded; the index of the failed one when error is set

    bool ok() const { return error.code == Errc::ok; }
    // The result of the operation at `index`, which must be of type T; null when it was not
    // reached.
    template <class T>
    typename T::Result* at(size_t index) {
        return index < results.size() ? std::get_if<typename T::Result>(&results[index]) : nullptr;
    }
    // The first result of a T, or null.
    template <class T>
    typename T::Result* find() {
        for (auto& result : results)
            if (auto* found = std::get_if<typename T::Result>(&result)) return found;
        return nullptr;
    }
    // The first result of a T, which must be there.
    template <class T>
    typename T::Result take() {
        return std::move(*find<T>());
    }
};

}  // namespace strait::vfs
