// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The ONC RPC frame around a COMPOUND (RFC 5531): call heads with AUTH_SYS, and what a reply's head
// says.

#include "vfs/credential.h"
#include "wire/xdr/reader.h"
#include "wire/xdr/writer.h"

namespace strait::client::nfs4 {

// Writes the record mark (as a slot that finish_record() sets), and the head of a call of
// NFSPROC4_COMPOUND on behalf of `credential`.
wire::xdr::Writer::Slot write_call_head(wire::xdr::Writer& out, uint32_t xid,
                                        const vfs::Credential& credential);
// The whole record, with its mark.
BufferChain finish_record(wire::xdr::Writer& out, wire::xdr::Writer::Slot mark);

// Reads the head of a reply and leaves `in` at its results. Errc::auth: the credential was refused;
// Errc::notsup: the program or its version is not there; Errc::protocol: no sense in it.
Result<> read_reply_head(wire::xdr::Reader& in);

}  // namespace strait::client::nfs4
