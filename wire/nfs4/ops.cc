// SPDX-License-Identifier: LGPL-2.1-or-later
// The variants of all operations: one switch over the number each.
#include "wire/nfs4/ops.h"

#include "wire/nfs4/codec.h"

namespace strait::wire::nfs4 {

STRAIT_MESSAGE_CODEC(ILLEGAL4args)
STRAIT_MESSAGE_CODEC(ILLEGAL4res)

namespace {

void emplace_args(nfs_opnum4 op, OpArgs& args) {
    switch (op) {
#define X(name, number, minor, source) \
    case OP_##name:                    \
        args.emplace<name##4args>();   \
        return;
        STRAIT_NFS4_OP_LIST(X)
#undef X
        case OP_ILLEGAL:
            break;
    }
    args.emplace<ILLEGAL4args>();
}

void emplace_res(nfs_opnum4 op, OpRes& res) {
    switch (op) {
#define X(name, number, minor, source) \
    case OP_##name:                    \
        res.emplace<name##4res>();     \
        return;
        STRAIT_NFS4_OP_LIST(X)
#undef X
        case OP_ILLEGAL:
            break;
    }
    res.emplace<ILLEGAL4res>();
}

void emplace_args(nfs_cb_opnum4 op, CbOpArgs& args) {
    switch (op) {
#define X(name, number, minor, source) \
    case OP_##name:                    \
        args.emplace<name##4args>();   \
        return;
        STRAIT_NFS4_CB_OP_LIST(X)
#undef X
        case OP_CB_ILLEGAL:
            break;
    }
    args.emplace<ILLEGAL4args>();
}

void emplace_res(nfs_cb_opnum4 op, CbOpRes& res) {
    switch (op) {
#define X(name, number, minor, source) \
    case OP_##name:                    \
        res.emplace<name##4res>();     \
        return;
        STRAIT_NFS4_CB_OP_LIST(X)
#undef X
        case OP_CB_ILLEGAL:
            break;
    }
    res.emplace<ILLEGAL4res>();
}

// Numbers that are no operation become OP_ILLEGAL.
nfs_opnum4 known(nfs_opnum4 op) { return is_known(op, 2) ? op : OP_ILLEGAL; }
nfs_cb_opnum4 known(nfs_cb_opnum4 op) { return is_known(op, 2) ? op : OP_CB_ILLEGAL; }

template <class Variant>
bool read_any(xdr::Reader& in, Variant& any) {
    return std::visit([&](auto& one) { return read(in, one); }, any);
}

template <class Op, class Variant>
void write_any(xdr::Writer& out, Op op, const Variant& any) {
    out.u32(op);
    std::visit([&](auto& one) { write(out, one); }, any);
}

template <class Variant>
size_t size_of_any(const Variant& any) {
    return 4 + std::visit([](auto& one) { return encoded_size(one); }, any);
}

template <class Op, class Variant>
void print_any(xdr::Printer& out, Op op, const Variant& any) {
    out.text(to_string(op));
    std::visit([&](auto& one) { print(out, one); }, any);
}

template <class Variant>
void generate_any(xdr::Generator& from, Variant& any) {
    std::visit([&](auto& one) { generate(from, one); }, any);
}

}  // namespace

// 3 and 3 are the first numbers of the two programs; the lists have no gaps. One in 32 is illegal.
template <class Op>
Op draw_op(xdr::Generator& from, uint32_t count, Op illegal) {
    return from.one_in(32) ? illegal : static_cast<Op>(3 + from.below(count));
}

#define STRAIT_ANY_OP(TYPE, NUMBER, MEMBER, EMPLACE, ILLEGAL)                               \
    bool read(xdr::Reader& in, TYPE& op) {                                                  \
        op.NUMBER = known(static_cast<decltype(op.NUMBER)>(in.u32()));                      \
        EMPLACE(op.NUMBER, op.MEMBER);                                                      \
        return in.ok() && read_any(in, op.MEMBER);                                          \
    }                                                                                       \
    void write(xdr::Writer& out, const TYPE& op) { write_any(out, op.NUMBER, op.MEMBER); }  \
    size_t encoded_size(const TYPE& op) { return size_of_any(op.MEMBER); }                  \
    void print(xdr::Printer& out, const TYPE& op) { print_any(out, op.NUMBER, op.MEMBER); } \
    void generate(xdr::Generator& from, TYPE& op) {                                         \
        constexpr uint32_t count = std::variant_size_v<decltype(op.MEMBER)> - 1;            \
        op.NUMBER = draw_op(from, count, ILLEGAL);                                          \
        EMPLACE(op.NUMBER, op.MEMBER);                                                      \
        generate_any(from, op.MEMBER);                                                      \
    }

STRAIT_ANY_OP(nfs_argop4, argop, args, emplace_args, OP_ILLEGAL)
STRAIT_ANY_OP(nfs_resop4, resop, res, emplace_res, OP_ILLEGAL)
STRAIT_ANY_OP(nfs_cb_argop4, argop, args, emplace_args, OP_CB_ILLEGAL)
STRAIT_ANY_OP(nfs_cb_resop4, resop, res, emplace_res, OP_CB_ILLEGAL)

}  // namespace strait::wire::nfs4
