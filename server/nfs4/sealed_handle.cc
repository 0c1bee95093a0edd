// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/sealed_handle.h"

#include <cstring>

namespace strait::server::nfs4 {

namespace {
constexpr std::byte export_kind{1};
constexpr std::byte pseudo_kind{2};
constexpr size_t seal_size = 8;
constexpr size_t export_head = 5;
constexpr size_t pseudo_head = 9;
}  // namespace

vfs::Handle HandleSeal::finish(MutableBytes room, size_t size) const {
    uint64_t mac = siphash(key_, Bytes(room).first(size));
    std::memcpy(room.data() + size, &mac, seal_size);
    return *vfs::Handle::from(room.first(size + seal_size));
}

std::expected<vfs::Handle, nfsstat4> HandleSeal::seal(const Export& where,
                                                      const vfs::Handle& handle) const {
    std::array<std::byte, NFS4_FHSIZE> room;
    if (export_head + handle.size() + seal_size > room.size())
        return std::unexpected(NFS4ERR_SERVERFAULT);
    room[0] = export_kind;
    uint32_t id = where.id();
    std::memcpy(&room[1], &id, sizeof id);
    std::memcpy(&room[export_head], handle.bytes().data(), handle.size());
    return finish(room, export_head + handle.size());
}

vfs::Handle HandleSeal::seal(const PseudoNode& node) const {
    std::array<std::byte, pseudo_head + seal_size> room;
    room[0] = pseudo_kind;
    uint64_t fileid = node.fileid();
    std::memcpy(&room[1], &fileid, sizeof fileid);
    return finish(room, pseudo_head);
}

std::expected<Unsealed, nfsstat4> HandleSeal::open(Bytes sealed) const {
    if (sealed.size() < pseudo_head + seal_size && sealed.size() < export_head + seal_size)
        return std::unexpected(NFS4ERR_BADHANDLE);
    Bytes body = sealed.first(sealed.size() - seal_size);
    uint64_t given;
    std::memcpy(&given, sealed.data() + body.size(), seal_size);
    if (siphash(key_, body) != given) return std::unexpected(NFS4ERR_BADHANDLE);
    Unsealed found;
    if (body[0] == export_kind) {
        uint32_t id;
        std::memcpy(&id, &body[1], sizeof id);
        found.where = exports_.find(id);
        if (!found.where) return std::unexpected(NFS4ERR_STALE);
        found.handle = *vfs::Handle::from(body.subspan(export_head));
        return found;
    }
    if (body[0] != pseudo_kind || body.size() != pseudo_head)
        return std::unexpected(NFS4ERR_BADHANDLE);
    uint64_t fileid;
    std::memcpy(&fileid, &body[1], sizeof fileid);
    found.pseudo = exports_.find_pseudo(fileid);
    if (!found.pseudo) return std::unexpected(NFS4ERR_STALE);
    return found;
}

}  // namespace strait::server::nfs4
