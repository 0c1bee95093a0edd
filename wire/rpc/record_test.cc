// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/rpc/record.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace strait::wire::rpc {
namespace {

std::string mark(uint32_t size, bool last) {
    uint32_t word = size | (last ? 0x80000000 : 0);
    std::string made;
    for (int shift : {24, 16, 8, 0}) made += static_cast<char>(word >> shift);
    return made;
}
std::string fragment(const std::string& body, bool last) {
    return mark(static_cast<uint32_t>(body.size()), last) + body;
}

// All records of a stream fed in pieces of `piece` bytes.
std::vector<std::string> parse(const std::string& stream, size_t piece) {
    RecordParser parser(1 << 20);
    std::vector<std::string> records;
    for (size_t at = 0; at < stream.size(); at += piece) {
        parser.feed(Buffer::copy_of(std::string_view(stream).substr(at, piece)));
        while (true) {
            auto record = parser.next();
            EXPECT_TRUE(record.has_value());
            if (!record || !*record) break;
            records.emplace_back((*record)->flatten().text());
        }
    }
    EXPECT_FALSE(parser.in_record());
    return records;
}

TEST(RecordParser, cuts_records_wherever_the_stream_is_cut) {
    std::string stream = fragment("first", true) + fragment("se", false) + fragment("", false) +
                         fragment("cond", true) + fragment("third", false) + fragment("", true);
    std::vector<std::string> wanted = {"first", "second", "third"};
    for (size_t piece = 1; piece <= stream.size(); piece++)
        EXPECT_EQ(parse(stream, piece), wanted) << piece;
}

TEST(RecordParser, does_not_copy_a_large_record) {
    Buffer head = Buffer::copy_of(mark(1 << 20, true));
    std::vector<Buffer> received;
    received.reserve(16);
    for (int i = 0; i < 16; i++) received.push_back(Buffer::allocate(1 << 16));
    uint64_t copied = copied_bytes();
    RecordParser parser(2 << 20);
    parser.feed(head);
    for (auto& buffer : received) parser.feed(buffer);
    auto record = parser.next();
    ASSERT_TRUE(record && *record);
    EXPECT_EQ((*record)->size(), size_t{1} << 20);
    EXPECT_EQ((*record)->parts().size(), 16u);
    EXPECT_EQ(copied_bytes(), copied);
}

TEST(RecordParser, refuses_too_long_a_record_at_its_mark) {
    for (uint32_t size : {1001u, 0x7fffffffu}) {
        RecordParser parser(1000);
        parser.feed(Buffer::copy_of(mark(size, true)));
        parser.feed(Buffer::copy_of(std::string_view("x")));
        auto record = parser.next();
        ASSERT_FALSE(record);
        EXPECT_EQ(record.error(), Errc::toobig);
    }
}

TEST(RecordParser, refuses_fragments_that_together_are_too_long) {
    RecordParser parser(1000);
    std::string body(400, 'x');
    for (int i = 0; i < 3; i++) parser.feed(Buffer::copy_of(fragment(body, false)));
    EXPECT_EQ(parser.next().error(), Errc::toobig);
    // and stays broken
    parser.feed(Buffer::copy_of(fragment("ok", true)));
    EXPECT_EQ(parser.next().error(), Errc::toobig);
}

TEST(RecordParser, refuses_endless_empty_fragments) {
    RecordParser parser(1000);
    std::string empty;
    for (uint32_t i = 0; i <= RecordParser::max_fragments; i++) empty += mark(0, false);
    parser.feed(Buffer::copy_of(empty));
    EXPECT_EQ(parser.next().error(), Errc::protocol);
}

TEST(RecordParser, refuses_an_empty_record) {
    RecordParser parser(1000);
    parser.feed(Buffer::copy_of(mark(0, true)));
    EXPECT_EQ(parser.next().error(), Errc::protocol);
}

TEST(RecordParser, knows_when_it_is_inside_a_record) {
    RecordParser parser(1000);
    EXPECT_FALSE(parser.in_record());
    parser.feed(Buffer::copy_of(std::string_view("\x80")));
    EXPECT_FALSE(*parser.next());
    EXPECT_TRUE(parser.in_record());
}

// Memory blocks that count how many of them are alive.
class CountedBlock final : public Block {
  public:
    explicit CountedBlock(size_t& alive)
        : Block(new std::byte[capacity_bytes]{}, capacity_bytes), alive_(alive) {
        alive_++;
    }
    ~CountedBlock() override {
        delete[] data_;
        alive_--;
    }
    static constexpr size_t capacity_bytes = 64 * 1024;

  private:
    size_t& alive_;
};

TEST(RecordParser, slow_drip_pins_little_memory) {
    size_t alive = 0, most = 0;
    constexpr uint32_t size = 200000;
    RecordParser parser(1 << 20);
    parser.feed(Buffer::copy_of(mark(size, true)));
    std::string wanted;
    std::optional<BufferChain> whole;
    for (uint32_t i = 0; i < size; i++) {
        Buffer block(make_ref<CountedBlock>(alive), nullptr, 0);
        Buffer one(block.block(), block.block()->data() + i % 1000, 1);
        one.writable()[0] = static_cast<std::byte>(i * 7);
        wanted += static_cast<char>(i * 7);
        parser.feed(one);
        one = block = {};
        auto record = parser.next();
        ASSERT_TRUE(record);
        if (*record) whole = std::move(*record);
        most = std::max(most, alive);
    }
    ASSERT_TRUE(whole);
    EXPECT_EQ(whole->flatten().text(), wanted);
    // Each byte came in a block of 64 KiB of its own: 13 GB, if they were kept.
    EXPECT_LE(most * CountedBlock::capacity_bytes,
              4 * size + RecordParser::pin_slack + CountedBlock::capacity_bytes);
    EXPECT_LT(whole->parts().size(), 200u);
}

TEST(RecordWriter, sets_the_mark_of_one_fragment) {
    xdr::Writer out;
    auto record = begin_record(out);
    out.u32(1);
    out.payload(BufferChain(Buffer::copy_of(std::string_view("abc"))));
    end_record(out, record);
    EXPECT_EQ(out.take().flatten().text(),
              std::string_view("\x80\0\0\x0c\0\0\0\1\0\0\0\3abc\0", 16));
}

}  // namespace
}  // namespace strait::wire::rpc
