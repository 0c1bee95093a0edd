// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The ONC RPC frame around our calls: AUTH_SYS for a credential, and what a reply's head says.

#include "base/result.h"
#include "vfs/credential.h"
#include "wire/xdr/reader.h"
#include "wire/xdr/writer.h"

namespace strait::client::nfs4 {

// Begins a record and writes the head of a call of NFSPROC4_COMPOUND on behalf of `credential`, of
// whose groups AUTH_SYS carries the first 16. Ended by rpc::end_record.
wire::xdr::Writer::Slot write_call_head(wire::xdr::Writer& out, uint32_t xid,
                                        const vfs::Credential& credential);

// Reads the head of a reply and leaves `in` at its results; errors as rpc::check_reply has them.
Result<> read_reply_head(wire::xdr::Reader& in);

}  // namespace strait::client::nfs4
