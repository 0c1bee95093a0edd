// SPDX-License-Identifier: LGPL-2.1-or-later
// Bytes of files: reading, writing, sizes, files without a name.
#include "tests/contract/contract.h"

namespace strait::contract {
namespace {

// Text in which every offset shows.
std::string pattern(size_t size, unsigned seed = 1) {
    std::string text(size, '\0');
    uint32_t state = seed * 2654435761u;
    for (char& c : text) {
        state = state * 1664525u + 1013904223u;
        c = static_cast<char>(state >> 24);
    }
    return text;
}

TEST_P(BackendContract, reading_stops_at_the_end_and_says_so) {
    make_file("f", "0123456789");
    Reply reply = ok(at("f").read(0, 4).read(4, 6).read(4, 100).read(10, 5).read(1000, 5));
    ASSERT_TRUE(reply.ok());
    size_t first = reply.results.size() - 5;
    auto text = [&](size_t i) { return reply.at<Read>(first + i)->data.flatten(); };
    EXPECT_EQ(text(0).text(), "0123");
    EXPECT_FALSE(reply.at<Read>(first)->eof);
    EXPECT_EQ(text(1).text(), "456789");
    EXPECT_TRUE(reply.at<Read>(first + 1)->eof);
    EXPECT_EQ(text(2).text(), "456789");
    EXPECT_TRUE(reply.at<Read>(first + 2)->eof);
    EXPECT_EQ(text(3).size(), 0u);
    EXPECT_TRUE(reply.at<Read>(first + 3)->eof);
    EXPECT_EQ(text(4).size(), 0u);
    EXPECT_TRUE(reply.at<Read>(first + 4)->eof);
}

TEST_P(BackendContract, writing_past_the_end_leaves_zeroes_between) {
    make_file("f", "abc");
    write("f", 10, "xyz");
    EXPECT_EQ(read("f"), std::string("abc\0\0\0\0\0\0\0xyz", 13));
    EXPECT_EQ(stat("f").size, 13u);
}

TEST_P(BackendContract, overwriting_changes_just_those_bytes) {
    std::string content = pattern(20'000);
    make_file("f", content);
    for (auto [offset, size] :
         {std::pair<size_t, size_t>{0, 1}, {4095, 2}, {5000, 9000}, {19'999, 1}, {8192, 4096}}) {
        std::string patch = pattern(size, 99);
        write("f", offset, patch);
        content.replace(offset, size, patch);
    }
    EXPECT_EQ(read("f"), content);
}

TEST_P(BackendContract, a_megabyte_goes_through_in_as_few_steps_as_declared) {
    std::string content = pattern(1u << 20);
    make_file("f");
    OpenId file = open("f");
    for (size_t done = 0; done < content.size();) {
        size_t most = std::min<size_t>(capabilities().max_write, content.size() - done);
        Reply reply = ok(Compound().use_open(file).write(
            done, bytes(std::string_view(content).substr(done, most))));
        ASSERT_TRUE(reply.ok());
        ASSERT_GT(reply.find<Write>()->count, 0u);
        done += reply.find<Write>()->count;
    }
    std::string back;
    for (bool eof = false; !eof;) {
        Reply reply = ok(Compound().use_open(file).read(back.size(), 1u << 20));
        ASSERT_TRUE(reply.ok());
        Buffer part = reply.find<Read>()->data.flatten();
        eof = reply.find<Read>()->eof;
        ASSERT_TRUE(eof || part.size() > 0);
        back += part.text();
    }
    EXPECT_TRUE(back == content);
    close(file);
}

TEST_P(BackendContract, data_in_many_slices_is_one_write) {
    BufferChain data;
    std::string whole;
    for (unsigned i = 0; i < 20; i++) {
        std::string part = pattern(1 + i * 517, i + 1);
        data.append(Buffer::copy_of(part));
        whole += part;
    }
    make_file("f");
    ok(at("f").write(3, data));
    EXPECT_EQ(read("f", 3, 200'000), whole);
}

TEST_P(BackendContract, what_was_read_does_not_change_when_the_file_does) {
    std::string content = pattern(10'000);
    make_file("f", content);
    Reply before = ok(at("f").read(0, 10'000));
    ASSERT_TRUE(before.ok());
    write("f", 0, pattern(10'000, 2));
    ok(at("f").setattr({.size = 5}));
    EXPECT_EQ(before.find<Read>()->data.flatten().text(), content);
}

TEST_P(BackendContract, shrinking_and_growing_shows_zeroes_where_bytes_were) {
    make_file("f", pattern(9000));
    ok(at("f").setattr({.size = 5000}));
    ok(at("f").setattr({.size = 9000}));
    EXPECT_EQ(read("f"), pattern(9000).substr(0, 5000) + std::string(4000, '\0'));
    ok(at("f").setattr({.size = 0}));
    EXPECT_EQ(stat("f").size, 0u);
    EXPECT_EQ(read("f"), "");
}

TEST_P(BackendContract, sizes_are_for_files) {
    make_directory("d");
    make_symlink("link", "x");
    EXPECT_EQ(error(at("d").setattr({.size = 0})), Errc::isdir);
    Errc code = error(at("link").setattr({.size = 0}));
    EXPECT_TRUE(code == Errc::symlink || code == Errc::inval) << errc_name(code);
    EXPECT_EQ(error(at("d").read(0, 1)), Errc::isdir);
    EXPECT_EQ(error(at("d").write(0, bytes("x"))), Errc::isdir);
    code = error(at("link").read(0, 1));
    EXPECT_TRUE(code == Errc::symlink || code == Errc::inval) << errc_name(code);
}

TEST_P(BackendContract, offsets_that_no_file_has_are_refused) {
    make_file("f", "x");
    Errc code = error(at("f").write(uint64_t{INT64_MAX} - 2, bytes("wide")));
    EXPECT_TRUE(code == Errc::fbig || code == Errc::inval) << errc_name(code);
    code = error(at("f").write(~uint64_t{0} - 2, bytes("wide")));
    EXPECT_TRUE(code == Errc::fbig || code == Errc::inval) << errc_name(code);
    code = error(at("f").setattr({.size = ~uint64_t{0}}));
    EXPECT_TRUE(code == Errc::fbig || code == Errc::inval) << errc_name(code);
    Reply far = run(at("f").read(~uint64_t{0} - 10, 100));
    if (far.ok()) {
        EXPECT_EQ(far.find<Read>()->data.size(), 0u);
        EXPECT_TRUE(far.find<Read>()->eof);
    } else {
        EXPECT_EQ(far.error.code, Errc::inval);
    }
    EXPECT_EQ(stat("f").size, 1u);
}

TEST_P(BackendContract, writing_nothing_changes_nothing) {
    make_file("f", "x");
    Attributes before = stat("f");
    ok(at("f").write(100, {}).read(100, 0));
    EXPECT_EQ(stat("f").size, 1u);
    EXPECT_EQ(stat("f").change, before.change);
}

TEST_P(BackendContract, an_unlinked_file_goes_on_until_its_open_ends) {
    Handle handle = make_file("f", "still here");
    OpenId file = open("f");
    ok(at("").remove("f"));
    EXPECT_FALSE(exists("f"));
    Reply reply =
        ok(Compound().use_open(file).write(6, bytes("HERE")).read(0, 100).getattr(stat_mask));
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.find<Read>()->data.flatten().text(), "still HERE");
    EXPECT_EQ(reply.find<GetAttr>()->attributes.nlink, 0u);
    close(file);
    EXPECT_EQ(error(Compound().put(handle).getattr(stat_mask)), Errc::stale);
}

TEST_P(BackendContract, a_replaced_file_goes_on_until_its_open_ends) {
    make_file("f", "old");
    make_file("g", "new");
    OpenId file = open("f");
    ok(rename("g", "f"));
    Reply reply = ok(Compound().use_open(file).read(0, 100));
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.find<Read>()->data.flatten().text(), "old");
    EXPECT_EQ(read("f"), "new");
    close(file);
}

TEST_P(BackendContract, one_verifier_covers_writes_and_commits_of_one_run) {
    make_file("f");
    Reply reply = ok(at("f").write(0, bytes("a"), Stability::unstable).add(Commit{}));
    Reply again = ok(at("f").write(1, bytes("b"), Stability::file_sync));
    ASSERT_TRUE(reply.ok() && again.ok());
    EXPECT_EQ(reply.find<Write>()->verifier, reply.find<Commit>()->verifier);
    EXPECT_EQ(reply.find<Write>()->verifier, again.find<Write>()->verifier);
    EXPECT_EQ(again.find<Write>()->committed, Stability::file_sync);
}

}  // namespace
}  // namespace strait::contract
