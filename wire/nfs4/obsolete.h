// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// NFSv4.0 operations that a 4.1 server must not implement (RFC 8881 17): it answers
// NFS4ERR_NOTSUPP. Decoded for traces.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct OPEN_CONFIRM4args {
    stateid4 open_stateid;
    seqid4 seqid{};
    STRAIT_FIELDS(open_stateid, seqid)
};
struct OPEN_CONFIRM4resok {
    stateid4 open_stateid;
    STRAIT_FIELDS(open_stateid)
};
struct OPEN_CONFIRM4res {
    nfsstat4 status{};
    OPEN_CONFIRM4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(OPEN_CONFIRM)

struct RENEW4args {
    clientid4 clientid{};
    STRAIT_FIELDS(clientid)
};
struct RENEW4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(RENEW)

struct nfs_client_id4 {
    verifier4 verifier{};
    xdr::Opaque<NFS4_OPAQUE_LIMIT> id;
    STRAIT_FIELDS(verifier, id)
};
struct cb_client4 {
    uint32_t cb_program{};
    netaddr4 cb_location;
    STRAIT_FIELDS(cb_program, cb_location)
};
struct SETCLIENTID4args {
    nfs_client_id4 client;
    cb_client4 callback;
    uint32_t callback_ident{};
    STRAIT_FIELDS(client, callback, callback_ident)
};
struct SETCLIENTID4resok {
    clientid4 clientid{};
    verifier4 setclientid_confirm{};
    STRAIT_FIELDS(clientid, setclientid_confirm)
};
struct SETCLIENTID4res {
    nfsstat4 status{};
    SETCLIENTID4resok resok4;
    clientaddr4 client_using;
    STRAIT_UNION(status, STRAIT_ARM(resok4, NFS4_OK), STRAIT_ARM(client_using, NFS4ERR_CLID_INUSE),
                 STRAIT_OTHERWISE_VOID)
};
STRAIT_NFS4_OP(SETCLIENTID)

struct SETCLIENTID_CONFIRM4args {
    clientid4 clientid{};
    verifier4 setclientid_confirm{};
    STRAIT_FIELDS(clientid, setclientid_confirm)
};
struct SETCLIENTID_CONFIRM4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(SETCLIENTID_CONFIRM)

struct RELEASE_LOCKOWNER4args {
    lock_owner4 lock_owner;
    STRAIT_FIELDS(lock_owner)
};
struct RELEASE_LOCKOWNER4res {
    nfsstat4 status{};
    STRAIT_FIELDS(status)
};
STRAIT_NFS4_OP(RELEASE_LOCKOWNER)

}  // namespace strait::wire::nfs4
