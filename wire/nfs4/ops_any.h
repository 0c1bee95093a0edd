// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// For the .cc files that define the variants of operations: what they share.

#include "wire/nfs4/codec.h"
#include "wire/nfs4/ops.h"

namespace strait::wire::nfs4 {

// Numbers that are no operation become OP_ILLEGAL.
inline nfs_opnum4 known(nfs_opnum4 op) { return is_known(op, 2) ? op : OP_ILLEGAL; }
inline nfs_cb_opnum4 known(nfs_cb_opnum4 op) { return is_known(op, 2) ? op : OP_CB_ILLEGAL; }

// 3 is the first number of both programs; the lists have no gaps. One in 32 is illegal.
template <class Op>
Op draw_op(xdr::Generator& from, uint32_t count) {
    return static_cast<Op>(from.one_in(32) ? uint32_t{OP_ILLEGAL} : 3 + from.below(count));
}

// Defines what STRAIT_MESSAGE declared of TYPE {NUMBER, MEMBER}; `emplace(NUMBER, MEMBER)` chooses
// the alternative.
#define STRAIT_ANY_OP(TYPE, NUMBER, MEMBER)                                                \
    bool read(xdr::Reader& in, TYPE& op) {                                                 \
        op.NUMBER = known(static_cast<decltype(op.NUMBER)>(in.u32()));                     \
        emplace(op.NUMBER, op.MEMBER);                                                     \
        return in.ok() && std::visit([&](auto& one) { return read(in, one); }, op.MEMBER); \
    }                                                                                      \
    void write(xdr::Writer& out, const TYPE& op) {                                         \
        out.u32(op.NUMBER);                                                                \
        std::visit([&](auto& one) { write(out, one); }, op.MEMBER);                        \
    }                                                                                      \
    size_t encoded_size(const TYPE& op) {                                                  \
        return 4 + std::visit([](auto& one) { return encoded_size(one); }, op.MEMBER);     \
    }                                                                                      \
    void print(xdr::Printer& out, const TYPE& op) {                                        \
        out.text(to_string(op.NUMBER));                                                    \
        std::visit([&](auto& one) { print(out, one); }, op.MEMBER);                        \
    }                                                                                      \
    void generate(xdr::Generator& from, TYPE& op) {                                        \
        constexpr uint32_t count = std::variant_size_v<decltype(op.MEMBER)> - 1;           \
        op.NUMBER = draw_op<decltype(op.NUMBER)>(from, count);                             \
        emplace(op.NUMBER, op.MEMBER);                                                     \
        std::visit([&](auto& one) { generate(from, one); }, op.MEMBER);                    \
    }

}  // namespace strait::wire::nfs4
