// SPDX-License-Identifier: LGPL-2.1-or-later
// Properties that hold for every operation of both programs, over random messages from fixed seeds.
#include "wire/nfs4/ops.h"

#include <gtest/gtest.h>

#include "wire/xdr/generate.h"
#include "wire/xdr/print.h"

namespace strait::wire::nfs4 {
namespace {

template <class T>
BufferChain encode(const T& message) {
    xdr::Writer out;
    write(out, message);
    EXPECT_EQ(out.size(), encoded_size(message)) << xdr::to_text(message);
    return out.take();
}

std::string flat(const BufferChain& chain) { return std::string(chain.flatten().text()); }

// The same bytes in slices of 1 to 9 bytes.
BufferChain shredded(const std::string& bytes, xdr::Generator& random) {
    BufferChain slices;
    for (size_t at = 0; at < bytes.size();) {
        size_t here = std::min<size_t>(1 + random.below(9), bytes.size() - at);
        slices.append(Buffer::copy_of(std::string_view(bytes).substr(at, here)));
        at += here;
    }
    return slices;
}

// encode, decode, encode again: the same bytes, however the record is cut into slices.
template <class T>
void expect_round_trip(T& message, xdr::Generator& random) {
    std::string bytes = flat(encode(message));
    ASSERT_EQ(bytes.size() % 4, 0u);
    for (bool shred : {false, true}) {
        xdr::Reader in(shred ? shredded(bytes, random) : BufferChain(Buffer::copy_of(bytes)));
        T again;
        ASSERT_TRUE(read(in, again)) << to_string(in.fault()) << " " << xdr::to_text(message);
        ASSERT_TRUE(in.finish()) << to_string(in.fault());
        ASSERT_EQ(flat(encode(again)), bytes) << xdr::to_text(message);
        ASSERT_EQ(xdr::to_text(again), xdr::to_text(message));
    }
}

template <class T>
class EveryOperation : public testing::Test {};
using Kinds = testing::Types<nfs_argop4, nfs_resop4, nfs_cb_argop4, nfs_cb_resop4>;
TYPED_TEST_SUITE(EveryOperation, Kinds);

TYPED_TEST(EveryOperation, decodes_to_what_was_encoded) {
    for (uint64_t seed = 0; seed < 4000; seed++) {
        xdr::Generator random(seed);
        TypeParam op;
        generate(random, op);
        ASSERT_NO_FATAL_FAILURE(expect_round_trip(op, random)) << "seed " << seed;
    }
}

TYPED_TEST(EveryOperation, is_refused_when_cut_short_at_any_byte) {
    for (uint64_t seed = 0; seed < 300; seed++) {
        xdr::Generator random(seed);
        TypeParam op;
        generate(random, op);
        std::string bytes = flat(encode(op));
        for (size_t size = 0; size < std::min<size_t>(bytes.size(), 2000); size++) {
            xdr::Reader in(as_bytes(std::string_view(bytes).substr(0, size)));
            TypeParam again;
            ASSERT_FALSE(read(in, again)) << xdr::to_text(op);
            ASSERT_NE(in.fault(), xdr::Fault::none);
        }
    }
}

TYPED_TEST(EveryOperation, survives_flipped_bits) {
    for (uint64_t seed = 0; seed < 3000; seed++) {
        xdr::Generator random(seed);
        TypeParam op;
        generate(random, op);
        std::string bytes = flat(encode(op));
        for (int flips = 0; flips < 3; flips++)
            bytes[random.below(static_cast<uint32_t>(bytes.size()))] ^=
                static_cast<char>(1u << random.below(8));
        xdr::Reader in(shredded(bytes, random));
        TypeParam again;
        // What still decodes can be written, printed and sized.
        if (read(in, again)) EXPECT_EQ(encode(again).size(), encoded_size(again));
    }
}

TEST(Operations, unknown_number_is_illegal_and_consumes_nothing_more) {
    xdr::Writer out;
    out.u32(2);
    out.u32(77);
    xdr::Reader in(out.take());
    nfs_argop4 op;
    ASSERT_TRUE(read(in, op));
    EXPECT_EQ(op.argop, OP_ILLEGAL);
    EXPECT_TRUE(std::holds_alternative<ILLEGAL4args>(op.args));
    EXPECT_EQ(in.remaining(), 4u);
}

TEST(Operations, variants_stand_in_the_order_of_their_numbers) {
    EXPECT_EQ(std::variant_size_v<OpArgs>, 74u);
    EXPECT_EQ(std::variant_size_v<CbOpArgs>, 14u);
#define X(name, number, minor, source)              \
    static_assert(op_of<name##4args> == OP_##name); \
    static_assert(op_of<name##4res> == OP_##name);  \
    EXPECT_EQ(OpArgs(name##4args {}).index(), number - 3u);
    STRAIT_NFS4_OP_LIST(X)
#undef X
}

TEST(Operations, minor_version_decides_what_is_known) {
    EXPECT_TRUE(is_known(OP_LOOKUP, 1));
    EXPECT_FALSE(is_known(OP_SEEK, 1));
    EXPECT_TRUE(is_known(OP_REMOVEXATTR, 2));
    EXPECT_FALSE(is_known(static_cast<nfs_opnum4>(76), 2));
    EXPECT_FALSE(is_known(static_cast<nfs_opnum4>(0), 2));
    EXPECT_FALSE(is_known(OP_ILLEGAL, 2));
    EXPECT_FALSE(is_known(OP_CB_OFFLOAD, 1));
}

}  // namespace
}  // namespace strait::wire::nfs4
