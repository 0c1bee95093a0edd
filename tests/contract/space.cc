// SPDX-License-Identifier: LGPL-2.1-or-later
// Holes, reservations, copies and clones.
#include "tests/contract/contract.h"

namespace strait::contract {
namespace {

constexpr uint64_t mib = 1u << 20;

TEST_P(BackendContract, a_hole_takes_no_space_however_large) {
    make_file("f");
    write("f", 5 * 1024 * mib, "x");
    Attributes attributes = stat("f");
    EXPECT_EQ(attributes.size, 5 * 1024 * mib + 1);
    EXPECT_LE(attributes.space_used, 256u << 10);
    EXPECT_GT(attributes.space_used, 0u);
    EXPECT_EQ(read("f", 5 * 1024 * mib - 1, 10), std::string("\0x", 2));
    EXPECT_EQ(read("f", 3 * mib, 5), std::string(5, '\0'));
}

TEST_P(BackendContract, holes_and_data_are_found) {
    if (!capabilities().seek) GTEST_SKIP() << "no seek";
    make_file("f");
    write("f", mib, "data");
    write("f", 3 * mib, std::string(mib, 'd'));
    auto seek = [&](bool hole, uint64_t from) {
        Reply reply = run(at("f").add(Seek{hole, from}));
        return reply.ok() ? reply.find<Seek>()->offset : ~uint64_t{0};
    };
    uint64_t data = seek(false, 0);
    EXPECT_LE(data, mib);
    EXPECT_GT(data, mib - 65536);
    EXPECT_EQ(seek(false, mib + 1), mib + 1);
    EXPECT_EQ(seek(true, 0), 0u);
    uint64_t hole = seek(true, mib);
    EXPECT_GE(hole, mib + 4);
    EXPECT_LE(hole, mib + 65536);
    EXPECT_EQ(seek(false, hole), 3 * mib);
    EXPECT_EQ(seek(true, 3 * mib), 4 * mib) << "the end is a hole";
    EXPECT_EQ(error(at("f").add(Seek{false, 4 * mib})), Errc::nxio);
    EXPECT_EQ(error(at("f").add(Seek{true, 9 * mib})), Errc::nxio);
}

TEST_P(BackendContract, allocating_grows_and_keeps_content) {
    if (!capabilities().allocate) GTEST_SKIP() << "no allocate";
    make_file("f", "abc");
    ok(at("f").add(Allocate{1, mib}));
    EXPECT_EQ(stat("f").size, mib + 1);
    EXPECT_GE(stat("f").space_used, mib);
    EXPECT_EQ(read("f", 0, 5), std::string("abc\0\0", 5));
    write("f", 5000, "x");
    EXPECT_EQ(read("f", 4999, 3), std::string("\0x\0", 3));
    EXPECT_EQ(error(at("f").add(Allocate{0, 0})), Errc::inval);
    Errc code = error(at("f").add(Allocate{INT64_MAX, 10}));
    EXPECT_TRUE(code == Errc::fbig || code == Errc::inval) << errc_name(code);
}

TEST_P(BackendContract, deallocating_zeroes_and_gives_space_back) {
    if (!capabilities().allocate) GTEST_SKIP() << "no allocate";
    make_file("f");
    write("f", 0, std::string(mib, 'x'));
    uint64_t before = stat("f").space_used;
    ok(at("f").add(Deallocate{1000, mib / 2}));
    EXPECT_EQ(stat("f").size, mib);
    EXPECT_LT(stat("f").space_used, before - mib / 4);
    EXPECT_EQ(read("f", 999, 3), std::string("x\0\0", 3));
    EXPECT_EQ(read("f", 1000 + mib / 2 - 2, 4), std::string("\0\0xx", 4));
    ok(at("f").add(Deallocate{10 * mib, mib}));
    EXPECT_EQ(stat("f").size, mib) << "never changes the size";
}

TEST_P(BackendContract, copies_are_what_the_source_was) {
    if (!capabilities().copy) GTEST_SKIP() << "no copy";
    std::string content;
    for (int i = 0; i < 60'000; i++) content += static_cast<char>(i * 7 + i / 256);
    make_file("from", content);
    for (auto [source, target, length] : {std::tuple<uint64_t, uint64_t, uint64_t>{0, 0, 60'000},
                                          {0, 0, 0},
                                          {100, 7, 50'000},
                                          {4096, 8192, 40'000},
                                          {4100, 8196, 40'000},
                                          {59'000, 0, 1000}}) {
        make_file("to", std::string(30'000, '.'));
        Compound program = at("from");
        program.save();
        Reply reply = ok(go(program, "to").add(Copy{source, target, length}));
        ASSERT_TRUE(reply.ok());
        uint64_t count = length ? length : content.size() - source;
        EXPECT_EQ(reply.find<Copy>()->count, count);
        std::string expected(30'000, '.');
        expected.resize(std::max<size_t>(expected.size(), target + count), '.');
        expected.replace(target, count, content.substr(source, count));
        EXPECT_TRUE(read("to") == expected) << source << " to " << target;
        write("to", target, "changed");
        EXPECT_TRUE(read("from") == content) << "the source is its own";
        ok(at("").remove("to"));
    }
}

TEST_P(BackendContract, copies_within_a_file_do_not_overlap) {
    if (!capabilities().copy) GTEST_SKIP() << "no copy";
    make_file("f", std::string(8192, 'a') + std::string(8192, 'b'));
    Compound program = at("f");
    ok(program.save().add(Copy{8192, 0, 4096}));
    EXPECT_EQ(read("f", 4090, 12), "bbbbbbaaaaaa");
    Compound overlapping = at("f");
    EXPECT_EQ(error(overlapping.save().add(Copy{0, 100, 4096})), Errc::inval);
}

TEST_P(BackendContract, clones_share_until_one_is_written) {
    if (!capabilities().clone) GTEST_SKIP() << "no clone";
    std::string content(mib, 'c');
    make_file("from", content);
    make_file("to");
    Compound program = at("from");
    program.save();
    ok(go(program, "to").add(Clone{0, 0, 0}));
    EXPECT_EQ(stat("to").size, mib);
    write("to", 5000, "changed");
    EXPECT_TRUE(read("from", 0, mib) == content);
    content.replace(5000, 7, "changed");
    EXPECT_TRUE(read("to", 0, mib) == content);
    Compound unaligned = at("from");
    unaligned.save();
    EXPECT_EQ(error(go(unaligned, "to").add(Clone{1, 0, 4096})), Errc::inval);
    Compound beyond = at("from");
    beyond.save();
    EXPECT_EQ(error(go(beyond, "to").add(Clone{0, 0, 2 * mib})), Errc::inval);
}

}  // namespace
}  // namespace strait::contract
