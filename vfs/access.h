// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The access decision, in one place: who may do what to a node with these attributes, and what
// owner and mode a new or changed one gets. Pure functions of attributes; a null credential is
// root. Attributes passed in hold at least `access_mask`.

#include "vfs/compound.h"

namespace strait::vfs {

using Caller = const Credential*;

inline constexpr AttrMask access_mask{Attr::type, Attr::mode, Attr::uid, Attr::gid};

inline constexpr uint32_t mode_setuid = 04000, mode_setgid = 02000, mode_sticky = 01000;
// Rights, as in one octal digit of a mode.
enum : uint32_t { may_execute = 1, may_write = 2, may_read = 4 };

inline bool is_root(Caller who) { return !who || who->is_root(); }

// All rights that `who` has on the node. Execute on a directory is search.
uint32_t rights_of(const Attributes& node, Caller who);
// Errc::access unless `who` has all of `rights`.
Result<void> require(const Attributes& node, Caller who, uint32_t rights);
// May `who`, who may write to the directory, take the name of `victim` out of it? Errc::perm: the
// sticky bit keeps it.
Result<void> may_take_out(const Attributes& directory, const Attributes& victim, Caller who);

// The ACCESS4_* bits that mean something for this node, and those of them that `who` has.
CheckAccess::Result check_access(const Attributes& node, Caller who, uint32_t wanted);

// Owner and mode of a new object in `directory`: setgid directories hand down their group.
// Errc::perm when `who` may not give it to the owner or group asked for.
struct Birth {
    uint32_t mode, uid, gid;
};
Result<Birth> birth_of(const Attributes& directory, FileType type, const SetAttributes& wanted,
                       Caller who);

// What setattr really has to set when `who` asks for `wanted`: setuid and setgid bits fall where
// POSIX says. `writing`: the caller holds an open for writing, so size needs no right.
// Errc::perm, Errc::access.
Result<SetAttributes> permit_setattr(const Attributes& node, const SetAttributes& wanted,
                                     Caller who, bool writing);

// The mode that is left after `who` wrote to the file.
uint32_t mode_after_write(const Attributes& node, Caller who);

}  // namespace strait::vfs
