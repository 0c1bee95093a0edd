// SPDX-License-Identifier: LGPL-2.1-or-later
// Properties that hold for every operation of both programs, over random messages from fixed seeds.
#include "wire/nfs4/ops.h"

#include <gtest/gtest.h>

#include <optional>

#include "wire/xdr/generate.h"
#include "wire/xdr/golden.h"

namespace strait::wire::nfs4 {
namespace {

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

// Reads a T and says what it is; nothing when it is none.
template <class T>
std::optional<Written> read_back(xdr::Reader& in) {
    T value;
    if (!read(in, value)) return std::nullopt;
    return written(value);
}
using ReadBack = std::optional<Written> (*)(xdr::Reader&);

// Read whole: the same message, however the record is cut into slices.
void expect_round_trip(const Written& message, ReadBack read_back, xdr::Generator& random) {
    ASSERT_EQ(message.bytes.size(), message.size) << message.text;
    ASSERT_EQ(message.size % 4, 0u);
    for (bool shred : {false, true}) {
        xdr::Reader in(shred ? shredded(message.bytes, random)
                             : BufferChain(Buffer::copy_of(message.bytes)));
        std::optional<Written> again = read_back(in);
        ASSERT_TRUE(again && in.finish()) << to_string(in.fault()) << " " << message.text;
        ASSERT_EQ(again->bytes, message.bytes) << message.text;
        ASSERT_EQ(again->text, message.text);
    }
}

// Cut short at any byte: refused.
void expect_truncations_refused(const Written& message, ReadBack read_back) {
    for (size_t size = 0; size < std::min<size_t>(message.size, 2000); size++) {
        xdr::Reader in(as_bytes(std::string_view(message.bytes).substr(0, size)));
        ASSERT_FALSE(read_back(in)) << message.text;
        ASSERT_NE(in.fault(), xdr::Fault::none);
    }
}

// With some bits flipped: what still is a message can be written, printed and sized.
void expect_survives_flips(const Written& message, ReadBack read_back, xdr::Generator& random) {
    std::string bytes = message.bytes;
    for (int flips = 0; flips < 3; flips++)
        bytes[random.below(static_cast<uint32_t>(bytes.size()))] ^=
            static_cast<char>(1u << random.below(8));
    xdr::Reader in(shredded(bytes, random));
    if (auto again = read_back(in)) EXPECT_EQ(again->bytes.size(), again->size);
}

template <class T>
class EveryOperation : public testing::Test {};
using Kinds = testing::Types<nfs_argop4, nfs_resop4, nfs_cb_argop4, nfs_cb_resop4>;
TYPED_TEST_SUITE(EveryOperation, Kinds);

template <class T>
Written drawn(xdr::Generator& random) {
    T op;
    generate(random, op);
    return written(op);
}

TYPED_TEST(EveryOperation, decodes_to_what_was_encoded) {
    for (uint64_t seed = 0; seed < 4000; seed++) {
        xdr::Generator random(seed);
        expect_round_trip(drawn<TypeParam>(random), read_back<TypeParam>, random);
        if (this->HasFatalFailure()) FAIL() << "seed " << seed;
    }
}

TYPED_TEST(EveryOperation, is_refused_when_cut_short_at_any_byte) {
    for (uint64_t seed = 0; seed < 300; seed++) {
        xdr::Generator random(seed);
        expect_truncations_refused(drawn<TypeParam>(random), read_back<TypeParam>);
    }
}

TYPED_TEST(EveryOperation, survives_flipped_bits) {
    for (uint64_t seed = 0; seed < 3000; seed++) {
        xdr::Generator random(seed);
        expect_survives_flips(drawn<TypeParam>(random), read_back<TypeParam>, random);
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
#define X(name, number, minor, source)                                                \
    static_assert(op_of<name##4args> == OP_##name && op_of<name##4res> == OP_##name); \
    static_assert(std::is_same_v<std::variant_alternative_t<number - 3, OpArgs>, name##4args>);
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
