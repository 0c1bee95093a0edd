// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/memory/extent_map.h"

#include <gtest/gtest.h>

#include <cstring>
#include <random>

namespace strait::backend {
namespace {

constexpr size_t file_size = 256u << 10;

Buffer filled(size_t size, char with) {
    Buffer buffer = Buffer::allocate(size);
    std::memset(buffer.data(), with, size);
    return buffer;
}

std::string text_of(const BufferChain& chain) {
    std::string text(chain.size(), '\0');
    chain.copy_to(std::as_writable_bytes(std::span(text)));
    return text;
}

// Files beside plain strings that must always be equal.
class Pair {
  public:
    ExtentMap map;
    std::string model = std::string(file_size, '\0');
    void check(size_t step) const {
        ASSERT_TRUE(text_of(map.read(0, file_size)) == model) << "step " << step;
    }
};

TEST(ExtentMap, random_changes_of_two_files_that_share_pages_match_plain_strings) {
    std::mt19937 random(11);
    Pair files[2];
    std::vector<std::pair<BufferChain, std::string>> readers;
    for (size_t step = 0; step < 20'000; step++) {
        Pair& file = files[random() % 2];
        size_t offset = random() % file_size;
        size_t length = random() % std::min<size_t>(file_size - offset, 60'000) + 1;
        uint64_t missing = file.map.missing(offset, length), before = file.map.allocated();
        switch (random() % 6) {
            case 0:
            case 1: {
                char with = static_cast<char>('a' + random() % 26);
                file.map.write(offset, BufferChain(filled(length, with)));
                file.model.replace(offset, length, std::string(length, with));
                ASSERT_EQ(file.map.allocated(), before + missing);
                break;
            }
            case 2:
                file.map.punch(offset, length);
                file.model.replace(offset, length, std::string(length, '\0'));
                break;
            case 3:
                file.map.reserve(offset, length);
                ASSERT_EQ(file.map.allocated(), before + missing);
                break;
            case 4: {
                Pair& other = files[&file == &files[0]];
                uint64_t from = ExtentMap::floor(offset), pages = ExtentMap::floor(length);
                uint64_t to = ExtentMap::floor(random() % (file_size - pages));
                file.map.share(other.map, from, to, pages);
                file.model.replace(to, pages, other.model.substr(from, pages));
                break;
            }
            default:
                readers.emplace_back(file.map.read(offset, length),
                                     file.model.substr(offset, length));
                break;
        }
        if (step % 50 == 0) file.check(step);
        if (readers.size() > 20) readers.erase(readers.begin());
        if (!readers.empty() && step % 50 == 0) {
            auto& [chain, then] = readers[random() % readers.size()];
            ASSERT_TRUE(text_of(chain) == then) << "what was read has changed, step " << step;
        }
    }
}

TEST(ExtentMap, a_file_written_page_by_page_is_read_in_few_slices) {
    ExtentMap map;
    for (uint64_t at = 0; at < (8u << 20); at += 4096)
        map.write(at, BufferChain(filled(4096, 'x')));
    EXPECT_LE(map.extents(), 24u);
    EXPECT_EQ(map.allocated(), 8u << 20);
    EXPECT_LE(map.read(4u << 20, 1u << 20).parts().size(), 3u);
}

TEST(ExtentMap, a_large_slice_of_a_keepable_block_is_kept_without_a_copy) {
    ExtentMap map;
    BufferChain data(filled(1u << 20, 'x'));
    uint64_t before = copied_bytes();
    map.write(0, data);
    BufferChain back = map.read(0, 1u << 20);
    EXPECT_EQ(copied_bytes(), before);
    ASSERT_EQ(back.parts().size(), 1u);
    EXPECT_EQ(back.parts()[0].data(), data.parts()[0].data());
}

TEST(ExtentMap, a_small_slice_of_a_large_block_is_copied_so_that_the_block_can_go) {
    ExtentMap map;
    Buffer large = filled(1u << 20, 'x');
    map.write(0, BufferChain(large.slice(0, 20'000)));
    EXPECT_EQ(large.block()->ref_count(), 1u);
}

TEST(ExtentMap, one_byte_far_out_costs_one_page) {
    ExtentMap map;
    map.write(5ull << 30, BufferChain(filled(1, 'x')));
    EXPECT_EQ(map.allocated(), ExtentMap::page);
    EXPECT_EQ(map.next_data(0), 5ull << 30);
    EXPECT_EQ(map.next_hole(5ull << 30), (5ull << 30) + ExtentMap::page);
    EXPECT_EQ(map.next_hole(17), 17u);
}

TEST(ExtentMap, writing_while_somebody_reads_leaves_the_reader_what_it_has) {
    ExtentMap map;
    map.write(0, BufferChain(filled(100'000, 'a')));
    BufferChain reader = map.read(0, 100'000);
    map.write(50'000, BufferChain(filled(10, 'b')));
    map.write(100'000, BufferChain(filled(10, 'c')));
    EXPECT_EQ(text_of(reader), std::string(100'000, 'a'));
    EXPECT_EQ(text_of(map.read(49'999, 12)), "abbbbbbbbbba");
}

}  // namespace
}  // namespace strait::backend
