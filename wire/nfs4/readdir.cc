// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/readdir.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_MESSAGE_CODEC(entry4)
STRAIT_OP_CODEC(READDIR)

void write_readdir_begin(xdr::Writer& out, const verifier4& cookieverf) {
    out.u32(NFS4_OK);
    out.fixed(cookieverf);
}

void write_readdir_entry(xdr::Writer& out, const entry4& entry) {
    out.boolean(true);
    write(out, entry);
}

void write_readdir_end(xdr::Writer& out, bool eof) {
    out.boolean(false);
    out.boolean(eof);
}

}  // namespace strait::wire::nfs4
