// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// fattr4 (RFC 8881 3.3.9): a mask and the values in one opaque. The received form is a view; see
// attributes.h to decode it.

#include "wire/nfs4/basic.h"
#include "wire/nfs4/bitmap.h"

namespace strait::wire::nfs4 {

struct Attributes4;

// Two forms. Received: `attrmask` and `attr_vals` are set, `source` is null; decode_attributes()
// reads the values. To be sent: either the same, or fattr4::of(attributes), which encodes all that
// attributes.mask names while it is written (the Attributes4 must live until then).
struct fattr4 {
    bitmap4 attrmask;
    xdr::Opaque<max_attrlist> attr_vals;
    const Attributes4* source = nullptr;

    static fattr4 of(const Attributes4& attributes);
};
STRAIT_MESSAGE(fattr4)

}  // namespace strait::wire::nfs4
