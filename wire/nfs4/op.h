// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Ties an operation to its messages: STRAIT_NFS4_OP(LOOKUP) after LOOKUP4args and LOOKUP4res.

#include "wire/nfs4/nfsstat4.h"
#include "wire/nfs4/opnum.h"
#include "wire/xdr/fields.h"

namespace strait::wire::nfs4 {

// The operation that a NAME4args or NAME4res belongs to.
template <class T>
inline constexpr nfs_opnum4 op_of = OP_ILLEGAL;
template <class T>
inline constexpr nfs_cb_opnum4 cb_op_of = OP_CB_ILLEGAL;

#define STRAIT_NFS4_OP(NAME)                                    \
    STRAIT_MESSAGE(NAME##4args)                                 \
    STRAIT_MESSAGE(NAME##4res)                                  \
    template <>                                                 \
    inline constexpr nfs_opnum4 op_of<NAME##4args> = OP_##NAME; \
    template <>                                                 \
    inline constexpr nfs_opnum4 op_of<NAME##4res> = OP_##NAME;

#define STRAIT_NFS4_CB_OP(NAME)                                       \
    STRAIT_MESSAGE(NAME##4args)                                       \
    STRAIT_MESSAGE(NAME##4res)                                        \
    template <>                                                       \
    inline constexpr nfs_cb_opnum4 cb_op_of<NAME##4args> = OP_##NAME; \
    template <>                                                       \
    inline constexpr nfs_cb_opnum4 cb_op_of<NAME##4res> = OP_##NAME;

// The usual result: `union NAME4res switch (nfsstat4 status) { case NFS4_OK: resok; default: void;
// }`
#define STRAIT_RESULT(status, resok) \
    STRAIT_UNION(status, STRAIT_ARM(resok, NFS4_OK), STRAIT_OTHERWISE_VOID)

namespace detail {
struct FirstField {
    nfsstat4 status = NFS4_OK;
    bool field(const char*, const nfsstat4& value) {
        status = value;
        return false;
    }
    bool discriminant(const char*, const nfsstat4& value) { return field(nullptr, value); }
    template <class T>
    bool field(const char*, const T&) {
        return false;
    }
    template <class T>
    bool discriminant(const char*, const T&) {
        return false;
    }
    bool no_arm() { return false; }
};
}  // namespace detail

// The status in front of every result, whatever the RFC calls that field.
template <class Res>
nfsstat4 status_of(const Res& result) {
    detail::FirstField first;
    Res::xdr_fields(result, first);
    return first.status;
}

}  // namespace strait::wire::nfs4
