// SPDX-License-Identifier: LGPL-2.1-or-later
// The way from fattr4 to what a backend is asked to set.

#include <charconv>

#include "server/nfs4/attributes.h"

namespace strait::server::nfs4 {

namespace {

constexpr uint32_t mode_bits = 07777;

bool good(const nfstime4& time) { return time.nseconds < 1'000'000'000; }

vfs::SetTime set_time(const settime4& from) {
    if (from.set_it == SET_TO_SERVER_TIME4) return {true, {}};
    return {false, {from.time.seconds, from.time.nseconds}};
}

nfsstat4 take_times(const Attributes4& values, vfs::SetAttributes& set) {
    if (values.has(FATTR4_TIME_ACCESS_SET)) set.atime = set_time(values.time_access_set);
    if (values.has(FATTR4_TIME_MODIFY_SET)) set.mtime = set_time(values.time_modify_set);
    for (const settime4* time : {&values.time_access_set, &values.time_modify_set})
        if (time->set_it == SET_TO_CLIENT_TIME4 && !good(time->time)) return NFS4ERR_INVAL;
    return NFS4_OK;
}

nfsstat4 take_owners(const Attributes4& values, vfs::SetAttributes& set) {
    if (values.has(FATTR4_OWNER) && !(set.uid = parse_owner(values.owner))) return NFS4ERR_BADOWNER;
    if (values.has(FATTR4_OWNER_GROUP) && !(set.gid = parse_owner(values.owner_group)))
        return NFS4ERR_BADOWNER;
    return NFS4_OK;
}

nfsstat4 take_mode(const Attributes4& values, vfs::SetAttributes& set) {
    if (values.has(FATTR4_MODE)) set.mode = values.mode;
    // RFC 8275 section 5: no ACL is inherited here, so the mask always applies.
    if (values.has(FATTR4_MODE_UMASK)) {
        if (set.mode) return NFS4ERR_INVAL;
        set.mode = values.mode_umask.mu_mode & ~values.mode_umask.mu_umask;
    }
    return set.mode && (*set.mode & ~mode_bits) ? NFS4ERR_INVAL : NFS4_OK;
}

}  // namespace

bitmap4 settable_attributes(uint32_t minor) {
    bitmap4 all{FATTR4_SIZE,
                FATTR4_MODE,
                FATTR4_OWNER,
                FATTR4_OWNER_GROUP,
                FATTR4_TIME_ACCESS_SET,
                FATTR4_TIME_MODIFY_SET};
    if (minor >= 2) all.set(FATTR4_MODE_UMASK);
    return all;
}

std::optional<uint32_t> parse_owner(std::string_view text) {
    if (size_t at = text.find('@'); at != std::string_view::npos) text = text.substr(0, at);
    uint32_t id = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
    if (error != std::errc() || end != text.data() + text.size() || text.empty())
        return std::nullopt;
    // (uint32_t)-1 means "leave it" to every chown there is: nobody is called so.
    if (id == ~uint32_t{0}) return std::nullopt;
    return id;
}

std::expected<DecodedAttributes, nfsstat4> decode_settable(const fattr4& from, uint32_t minor,
                                                           bool creating) {
    bitmap4 settable = settable_attributes(minor);
    if (!creating) settable.clear(FATTR4_MODE_UMASK);
    bitmap4 foreign = from.attrmask - settable;
    if (from.attrmask.beyond || !(foreign - readable_attributes(minor)).empty())
        return std::unexpected(NFS4ERR_ATTRNOTSUPP);
    if (!foreign.empty()) return std::unexpected(NFS4ERR_INVAL);
    Attributes4 values;
    switch (decode_attributes(from, values)) {
        case AttributesRead::ok:
            break;
        case AttributesRead::unknown:
            return std::unexpected(NFS4ERR_ATTRNOTSUPP);
        case AttributesRead::malformed:
            return std::unexpected(NFS4ERR_BADXDR);
    }
    DecodedAttributes made;
    made.mask = from.attrmask;
    if (values.has(FATTR4_SIZE)) made.set.size = values.size;
    for (auto take : {take_mode, take_owners, take_times})
        if (nfsstat4 wrong = take(values, made.set); wrong != NFS4_OK)
            return std::unexpected(wrong);
    return made;
}

}  // namespace strait::server::nfs4
