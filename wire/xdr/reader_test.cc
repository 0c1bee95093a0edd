// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/xdr/reader.h"

#include <gtest/gtest.h>

#include <string>

#include "wire/xdr/codec.h"

namespace strait::wire::xdr {
namespace {

std::string bytes(std::initializer_list<int> values) {
    std::string made;
    for (int value : values) made += static_cast<char>(value);
    return made;
}

BufferChain cut(const std::string& whole, size_t at) {
    BufferChain chain;
    chain.append(Buffer::copy_of(std::string_view(whole).substr(0, at)));
    chain.append(Buffer::copy_of(std::string_view(whole).substr(at)));
    return chain;
}

struct Item {
    uint32_t number{};
    STRAIT_FIELDS(number)
};
struct Empty {
    STRAIT_NO_FIELDS
};

TEST(Reader, scalars_are_big_endian) {
    Reader in(as_bytes("\x01\x02\x03\x04\xff\xff\xff\xff\xff\xff\xff\xfe"));
    EXPECT_EQ(in.u32(), 0x01020304u);
    EXPECT_EQ(in.u64(), 0xfffffffffffffffeu);
    EXPECT_TRUE(in.finish());
}

TEST(Reader, everything_may_straddle_a_slice_boundary) {
    std::string record = bytes({0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 5}) + "hello" +
                         bytes({0, 0, 0}) + bytes({0, 0, 0, 1});
    for (size_t at = 1; at < record.size(); at++) {
        Reader in(cut(record, at));
        EXPECT_EQ(in.u32(), 7u);
        EXPECT_EQ(in.u64(), 9u);
        EXPECT_EQ(as_text(in.opaque(10)), "hello");
        EXPECT_TRUE(in.boolean());
        EXPECT_TRUE(in.finish()) << at;
    }
}

TEST(Reader, what_lies_in_one_slice_is_a_view_of_it) {
    Buffer record = Buffer::copy_of(bytes({0, 0, 0, 2}) + "ab" + bytes({0, 0}));
    uint64_t copied = copied_bytes();
    Reader in{BufferChain(record)};
    EXPECT_EQ(static_cast<const void*>(in.opaque(2).data()), record.data() + 4);
    EXPECT_EQ(copied_bytes(), copied);
}

TEST(Reader, payload_is_slices_of_the_record) {
    std::string data(100000, 'd');
    std::string record = bytes({0, 1, 0x86, 0xa0}) + data + bytes({0, 0, 0, 3});
    BufferChain chain = cut(record, 30000);
    uint64_t copied = copied_bytes();
    Reader in(chain);
    BufferChain payload = in.payload(1 << 20);
    EXPECT_EQ(in.u32(), 3u);
    EXPECT_TRUE(in.finish());
    EXPECT_EQ(copied_bytes(), copied);
    ASSERT_EQ(payload.size(), data.size());
    ASSERT_EQ(payload.parts().size(), 2u);
    EXPECT_EQ(payload.parts()[0].data(), chain.parts()[0].data() + 4);
    EXPECT_EQ(payload.parts()[1].data(), chain.parts()[1].data());
}

TEST(Reader, lengths_beyond_their_limit_or_the_record_are_refused) {
    {
        Reader in(as_bytes(std::string_view("\0\0\0\x05hello\0\0\0", 12)));
        EXPECT_TRUE(in.opaque(4).empty());
        EXPECT_EQ(in.fault(), Fault::too_long);
    }
    for (uint32_t length : {6u, 0x7fffffffu, 0xfffffffdu, 0xffffffffu}) {
        Writer out;
        out.u32(length);
        out.u32(0);
        Reader in(out.take());
        EXPECT_TRUE(in.opaque(0xffffffff).empty());
        EXPECT_EQ(in.fault(), Fault::truncated) << length;
        EXPECT_EQ(in.remaining(), 0u);
    }
    for (uint32_t length : {6u, 0xfffffffdu, 0xffffffffu}) {
        Writer out;
        out.u32(length);
        out.u32(0);
        Reader in(out.take());
        EXPECT_TRUE(in.payload(0xffffffff).empty());
        EXPECT_EQ(in.fault(), Fault::truncated) << length;
    }
}

TEST(Reader, missing_padding_is_truncation) {
    Reader in(as_bytes(std::string_view("\0\0\0\x01x\0\0", 7)));
    EXPECT_TRUE(in.opaque(1).empty());
    EXPECT_EQ(in.fault(), Fault::truncated);
}

TEST(Reader, padding_may_hold_anything) {
    Reader in(as_bytes(std::string_view("\0\0\0\x01xyz!", 8)));
    EXPECT_EQ(as_text(in.opaque(1)), "x");
    EXPECT_TRUE(in.finish());
}

TEST(Reader, bool_other_than_0_and_1_is_refused) {
    Reader in(as_bytes(std::string_view("\0\0\0\x02", 4)));
    in.boolean();
    EXPECT_EQ(in.fault(), Fault::bad_bool);
}

TEST(Reader, bytes_behind_the_end_are_reported) {
    Reader in(as_bytes(std::string_view("\0\0\0\x01\0", 5)));
    in.u32();
    EXPECT_TRUE(in.ok());
    EXPECT_FALSE(in.finish());
    EXPECT_EQ(in.fault(), Fault::trailing);
}

TEST(Reader, first_fault_sticks_and_later_reads_are_zero) {
    Reader in(as_bytes(std::string_view("\0\0\0\x02\0\0\0\x07", 8)));
    in.boolean();
    EXPECT_EQ(in.u32(), 0u);
    EXPECT_EQ(in.u64(), 0u);
    EXPECT_EQ(in.fault(), Fault::bad_bool);
}

// Counts that the bytes at hand cannot hold are refused before anything is allocated for them.
TEST(Reader, absurd_counts_allocate_nothing) {
    std::string record = bytes({0x40, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2});
    {
        Reader in{as_bytes(record)};
        List<Item, 0xffffffff> items;
        EXPECT_FALSE(get(in, items));
        EXPECT_EQ(in.fault(), Fault::truncated);
        EXPECT_EQ(items.capacity(), 0u);
    }
    {
        Reader in{as_bytes(record)};
        List<Empty, 0xffffffff> items;  // items of no bytes are no way around it
        EXPECT_FALSE(get(in, items));
        EXPECT_EQ(items.capacity(), 0u);
    }
    {
        Reader in{as_bytes(record)};
        List<Item, 1000> items;
        EXPECT_FALSE(get(in, items));
        EXPECT_EQ(in.fault(), Fault::too_long);
        EXPECT_EQ(items.capacity(), 0u);
    }
}

TEST(Reader, linked_list_is_read_without_recursion_and_capped) {
    Writer out;
    constexpr uint32_t count = 1000000;
    for (uint32_t i = 0; i < count; i++) {
        out.boolean(true);
        out.u32(i);
    }
    out.boolean(false);
    BufferChain record = out.take();
    {
        Reader in(record);
        LinkedList<Item, count> items;
        EXPECT_TRUE(get(in, items) && in.finish());
        EXPECT_EQ(items.size(), count);
        EXPECT_EQ(items.back().number, count - 1);
    }
    {
        Reader in(record);
        LinkedList<Item, 1000> items;
        EXPECT_FALSE(get(in, items));
        EXPECT_EQ(in.fault(), Fault::too_long);
        EXPECT_EQ(items.size(), 1000u);
    }
}

TEST(Reader, rest_is_what_was_not_read) {
    std::string record = bytes({0, 0, 0, 1}) + "rest of it";
    Reader in(cut(record, 7));
    in.u32();
    EXPECT_EQ(in.rest().flatten().text(), "rest of it");
    Reader over_bytes{as_bytes(record)};
    over_bytes.u64();
    EXPECT_EQ(over_bytes.rest().flatten().text(), " of it");
}

}  // namespace
}  // namespace strait::wire::xdr
