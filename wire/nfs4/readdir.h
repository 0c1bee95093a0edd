// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// READDIR (RFC 8881 18.23). The entries are a linked list on the wire and a vector here; a sender
// may also write them one by one.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/fattr4.h"
#include "wire/nfs4/op.h"

namespace strait::wire::nfs4 {

struct READDIR4args {
    nfs_cookie4 cookie{};
    verifier4 cookieverf{};
    count4 dircount{};
    count4 maxcount{};
    bitmap4 attr_request;
    STRAIT_FIELDS(cookie, cookieverf, dircount, maxcount, attr_request)
};
// `nextentry` of the RFC is the list itself.
struct entry4 {
    nfs_cookie4 cookie{};
    component4 name;
    fattr4 attrs;
    STRAIT_FIELDS(cookie, name, attrs)
};
STRAIT_MESSAGE(entry4)
struct dirlist4 {
    xdr::LinkedList<entry4, 1u << 20> entries;
    bool eof{};
    STRAIT_FIELDS(entries, eof)
};
struct READDIR4resok {
    verifier4 cookieverf{};
    dirlist4 reply;
    STRAIT_FIELDS(cookieverf, reply)
};
struct READDIR4res {
    nfsstat4 status{};
    READDIR4resok resok4;
    STRAIT_RESULT(status, resok4)
};
STRAIT_NFS4_OP(READDIR)

// For a server that stops at maxcount: begin (status and verifier), append as many entries as fit
// (the Writer's size and rollback decide), end.
void write_readdir_begin(xdr::Writer& out, const verifier4& cookieverf);
void write_readdir_entry(xdr::Writer& out, const entry4& entry);
void write_readdir_end(xdr::Writer& out, bool eof);

}  // namespace strait::wire::nfs4
