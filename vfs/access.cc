// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/access.h"

namespace strait::vfs {

namespace {

// Without the bits that give rights to whoever runs the file. Setgid without group execute was
// mandatory locking once and stays.
uint32_t without_setid(uint32_t mode) {
    mode &= ~mode_setuid;
    if (mode & 010) mode &= ~mode_setgid;
    return mode;
}

bool owns(const Attributes& node, Caller who) { return is_root(who) || who->uid == node.uid; }

Result<void> permit_owner(const Attributes& node, const SetAttributes& wanted, Caller who) {
    if (is_root(who)) return {};
    if (wanted.uid && (*wanted.uid != node.uid || who->uid != node.uid)) return fail(Errc::perm);
    if (wanted.gid) {
        if (who->uid != node.uid) return fail(Errc::perm);
        if (*wanted.gid != node.gid && !who->in_group(*wanted.gid)) return fail(Errc::perm);
    }
    return {};
}

// A time of the caller's choice is the owner's right; the present moment also a writer's.
Result<void> permit_times(const Attributes& node, const SetAttributes& wanted, Caller who,
                          bool writing) {
    if (owns(node, who)) return {};
    for (const auto& time : {wanted.atime, wanted.mtime}) {
        if (!time) continue;
        if (!time->server_clock) return fail(Errc::perm);
        if (!writing && !(rights_of(node, who) & may_write)) return fail(Errc::access);
    }
    return {};
}

}  // namespace

uint32_t rights_of(const Attributes& node, Caller who) {
    if (is_root(who)) {
        bool runs = node.type == FileType::directory || (node.mode & 0111);
        return may_read | may_write | (runs ? may_execute : 0u);
    }
    if (who->uid == node.uid) return (node.mode >> 6) & 7;
    if (who->in_group(node.gid)) return (node.mode >> 3) & 7;
    return node.mode & 7;
}

Result<void> require(const Attributes& node, Caller who, uint32_t rights) {
    if ((rights_of(node, who) & rights) != rights) return fail(Errc::access);
    return {};
}

Result<void> may_take_out(const Attributes& directory, const Attributes& victim, Caller who) {
    if (!(directory.mode & mode_sticky) || is_root(who)) return {};
    if (who->uid == directory.uid || who->uid == victim.uid) return {};
    return fail(Errc::perm);
}

CheckAccess::Result check_access(const Attributes& node, Caller who, uint32_t wanted) {
    uint32_t rights = rights_of(node, who);
    bool reads = rights & may_read, writes = rights & may_write, runs = rights & may_execute;
    uint32_t supported = access_read | access_modify | access_extend | access_xattr_read |
                         access_xattr_write | access_xattr_list;
    uint32_t granted = 0;
    if (reads) granted |= access_read | access_xattr_read | access_xattr_list;
    if (writes) granted |= access_xattr_write;
    if (node.type == FileType::directory) {
        supported |= access_lookup | access_delete;
        if (runs) granted |= access_lookup;
        if (runs && writes) granted |= access_modify | access_extend | access_delete;
    } else {
        supported |= access_execute;
        if (runs) granted |= access_execute;
        if (writes) granted |= access_modify | access_extend;
    }
    return {supported & wanted, granted & supported & wanted};
}

Result<Birth> birth_of(const Attributes& directory, FileType type, const SetAttributes& wanted,
                       Caller who) {
    uint32_t usual_mode = type == FileType::directory ? 0755 : 0644;
    Birth birth{wanted.mode.value_or(usual_mode) & 07777, who ? who->uid : 0, who ? who->gid : 0};
    bool handed_down = directory.mode & mode_setgid;
    if (handed_down) birth.gid = directory.gid;
    if (wanted.uid && *wanted.uid != birth.uid) {
        if (!is_root(who)) return fail(Errc::perm);
        birth.uid = *wanted.uid;
    }
    if (wanted.gid && *wanted.gid != birth.gid) {
        if (!is_root(who) && !who->in_group(*wanted.gid)) return fail(Errc::perm);
        birth.gid = *wanted.gid;
    }
    bool outsider = !is_root(who) && !who->in_group(birth.gid);
    if (type == FileType::directory) {
        if (handed_down) birth.mode |= mode_setgid;
    } else if (outsider && (birth.mode & 010)) {
        birth.mode &= ~mode_setgid;
    }
    if (type == FileType::symlink) birth.mode = 0777;
    return birth;
}

Result<SetAttributes> permit_setattr(const Attributes& node, const SetAttributes& wanted,
                                     Caller who, bool writing) {
    SetAttributes final = wanted;
    if (wanted.size && !writing)
        if (auto may = require(node, who, may_write); !may) return fail(may.error());
    if (wanted.mode && !owns(node, who)) return fail(Errc::perm);
    if (auto may = permit_owner(node, wanted, who); !may) return fail(may.error());
    if (auto may = permit_times(node, wanted, who, writing); !may) return fail(may.error());
    bool given = wanted.uid || wanted.gid;
    if (wanted.mode) {
        final.mode = *wanted.mode & 07777;
        bool member = is_root(who) || who->in_group(wanted.gid.value_or(node.gid));
        if (!member) *final.mode &= ~mode_setgid;
    } else if (node.type != FileType::directory && (given || (wanted.size && !is_root(who)))) {
        uint32_t left = without_setid(node.mode);
        if (left != node.mode) final.mode = left;
    }
    return final;
}

uint32_t mode_after_write(const Attributes& node, Caller who) {
    return is_root(who) ? node.mode : without_setid(node.mode);
}

}  // namespace strait::vfs
