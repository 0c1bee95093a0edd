// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/xdr/writer.h"

#include <gtest/gtest.h>

#include <string>

namespace strait::wire::xdr {
namespace {

std::string taken(Writer& out) { return std::string(out.take().flatten().text()); }

TEST(Writer, small_message_is_one_slice) {
    Writer out;
    out.u32(1);
    out.opaque(as_bytes("abcde"));
    out.u64(2);
    BufferChain message = out.take();
    EXPECT_EQ(message.parts().size(), 1u);
    EXPECT_EQ(message.flatten().text(),
              std::string_view("\0\0\0\1\0\0\0\5abcde\0\0\0\0\0\0\0\0\0\0\2", 24));
}

TEST(Writer, payload_is_spliced_not_copied) {
    Buffer data = Buffer::allocate(1 << 20);
    BufferChain payload;
    payload.append(data.slice(0, 500000));
    payload.append(data.slice(500000, 548575));
    uint64_t copied = copied_bytes();
    Writer out;
    out.u32(7);
    out.payload(payload);
    out.u32(8);
    BufferChain message = out.take();
    EXPECT_EQ(copied_bytes(), copied);
    ASSERT_EQ(message.parts().size(), 4u);
    EXPECT_EQ(message.parts()[1].data(), data.data());
    EXPECT_EQ(message.parts()[2].data(), data.data() + 500000);
    EXPECT_EQ(message.size(), 4 + 4 + 1048575 + 1 + 4u);
    EXPECT_EQ(message.parts()[3].text(), std::string_view("\0\0\0\0\x08", 5));
}

TEST(Writer, slots_are_set_after_the_fact_also_in_earlier_blocks) {
    Writer out(8);
    Writer::Slot first = out.slot();
    for (uint32_t i = 0; i < 100; i++) out.u32(i);
    Writer::Slot last = out.slot();
    out.set(first, 0x01010101);
    out.set(last, 0x02020202);
    std::string bytes = taken(out);
    EXPECT_EQ(bytes.substr(0, 4), "\1\1\1\1");
    EXPECT_EQ(bytes.substr(404), "\2\2\2\2");
}

TEST(Writer, rollback_takes_back_fields_payloads_and_blocks) {
    for (size_t first_block : {8, 64, 4096}) {
        Writer out(first_block);
        out.u32(1);
        Writer::Mark mark = out.mark();
        for (int round = 0; round < 3; round++) {
            for (uint32_t i = 0; i < 1000; i++) out.u32(0xdead);
            out.payload(BufferChain(Buffer::copy_of(std::string_view("payload"))));
            out.u32(9);
            out.rollback(mark);
            EXPECT_EQ(out.size(), 4u);
        }
        out.u32(2);
        EXPECT_EQ(taken(out), std::string_view("\0\0\0\1\0\0\0\2", 8)) << first_block;
    }
}

TEST(Writer, rollback_to_the_empty_message) {
    Writer out;
    Writer::Mark mark = out.mark();
    out.u32(1);
    out.rollback(mark);
    EXPECT_EQ(out.size(), 0u);
    EXPECT_TRUE(out.take().empty());
}

TEST(Writer, since_shares_what_was_written_behind_the_mark) {
    Writer out(16);
    out.u32(1);
    Writer::Mark mark = out.mark();
    for (uint32_t i = 2; i < 40; i++) out.u32(i);
    out.payload(BufferChain(Buffer::copy_of(std::string_view("data"))));
    std::string behind(out.since(mark).flatten().text());
    out.u32(40);
    std::string all = taken(out);
    EXPECT_EQ(all.size(), 4 + 38 * 4 + 8 + 4u);
    EXPECT_EQ(behind, all.substr(4, all.size() - 8));
}

TEST(Writer, large_opaque_spreads_over_blocks) {
    Writer out(16);
    std::string text(300001, 't');
    out.opaque(as_bytes(text));
    std::string bytes = taken(out);
    EXPECT_EQ(bytes.size(), 4 + 300004u);
    EXPECT_EQ(bytes.substr(4, text.size()), text);
}

TEST(Writer, is_empty_and_usable_after_take) {
    Writer out;
    out.u32(1);
    out.take();
    out.u32(2);
    EXPECT_EQ(taken(out), std::string_view("\0\0\0\2", 4));
}

}  // namespace
}  // namespace strait::wire::xdr
