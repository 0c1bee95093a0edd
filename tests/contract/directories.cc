// SPDX-License-Identifier: LGPL-2.1-or-later
// Listings: limits, attributes, and what a listing sees while entries come and go.
#include <set>

#include "tests/contract/contract.h"

namespace strait::contract {
namespace {

constexpr int many = 100'000;

std::string name_of(int i) { return "entry-" + std::to_string(1'000'000 + i); }

TEST_P(BackendContract, a_listing_holds_every_entry_once_with_its_attributes) {
    make_directory("d");
    make_file("d/f", "four");
    make_directory("d/s");
    make_symlink("d/l", "x");
    ReadDir args{.mask = {Attr::type, Attr::size, Attr::fileid}};
    Reply reply = ok(at("d").readdir(args));
    ASSERT_TRUE(reply.ok());
    auto& listing = *reply.find<ReadDir>();
    EXPECT_TRUE(listing.eof);
    ASSERT_EQ(listing.entries.size(), 3u);
    for (auto& entry : listing.entries) {
        std::string path = "d/" + std::string(entry.name);
        EXPECT_EQ(entry.error, Errc::ok);
        EXPECT_TRUE(entry.attributes.valid.has_all(args.mask));
        EXPECT_EQ(entry.attributes.type, stat(path).type);
        EXPECT_EQ(entry.attributes.fileid, stat(path).fileid);
        EXPECT_GT(entry.cookie, 2u);
    }
}

TEST_P(BackendContract, an_empty_directory_lists_nothing_and_ends) {
    make_directory("d");
    Reply reply = ok(at("d").readdir({}));
    ASSERT_TRUE(reply.ok());
    EXPECT_TRUE(reply.find<ReadDir>()->eof);
    EXPECT_TRUE(reply.find<ReadDir>()->entries.empty());
    make_file("f");
    EXPECT_EQ(error(at("f").readdir({})), Errc::notdir);
}

TEST_P(BackendContract, a_listing_keeps_its_limits) {
    make_directory("d");
    for (int i = 0; i < 50; i++) make_file("d/" + name_of(i));
    Reply few = ok(at("d").readdir({.max_entries = 7}));
    ASSERT_TRUE(few.ok());
    EXPECT_LE(few.find<ReadDir>()->entries.size(), 7u);
    EXPECT_GE(few.find<ReadDir>()->entries.size(), 1u);
    EXPECT_FALSE(few.find<ReadDir>()->eof);
    Reply small = ok(at("d").readdir({.max_bytes = 600}));
    ASSERT_TRUE(small.ok());
    EXPECT_LT(small.find<ReadDir>()->entries.size(), 50u);
    EXPECT_EQ(error(at("d").readdir({.max_bytes = 1})), Errc::toosmall);
}

TEST_P(BackendContract, cookies_that_nobody_gave_are_refused) {
    make_directory("d");
    make_file("d/f");
    EXPECT_EQ(error(at("d").readdir({.cookie = 1})), Errc::badcookie);
    EXPECT_EQ(error(at("d").readdir({.cookie = 2})), Errc::badcookie);
}

TEST_P(BackendContract, a_listing_goes_on_where_it_was_while_entries_come_and_go) {
    make_directory("d");
    constexpr int count = 2000;
    for (int i = 0; i < count; i++) make_file("d/" + name_of(i));
    std::multiset<std::string> seen;
    ReadDir args{.max_entries = 100};
    int fresh = 0;
    std::set<std::string> removed;
    for (bool eof = false; !eof;) {
        Reply reply = ok(at("d").readdir(args));
        ASSERT_TRUE(reply.ok());
        auto& part = *reply.find<ReadDir>();
        for (auto& entry : part.entries) seen.emplace(entry.name);
        eof = part.eof;
        if (part.entries.empty()) continue;
        args.cookie = part.entries.back().cookie;
        args.verifier = part.verifier;
        // Remove the very entry to go on from, and one further on; make a new one.
        std::string last(part.entries.back().name), ahead = name_of(1900 - fresh);
        for (auto& name : {last, ahead})
            if (removed.insert(name).second && exists("d/" + name)) ok(at("d").remove(name));
        if (fresh < 30) make_file("d/fresh-" + std::to_string(fresh++));
    }
    for (int i = 0; i < count; i++) {
        size_t times = seen.count(name_of(i));
        EXPECT_LE(times, 1u) << name_of(i);
        if (!removed.contains(name_of(i))) EXPECT_EQ(times, 1u) << name_of(i);
    }
}

TEST_P(BackendContract, a_directory_being_emptied_while_listed_is_emptied) {
    make_directory("d");
    for (int i = 0; i < 1000; i++) make_file("d/" + name_of(i));
    ReadDir args{.max_entries = 64};
    for (bool eof = false; !eof;) {
        Reply reply = ok(at("d").readdir(args));
        ASSERT_TRUE(reply.ok());
        auto& part = *reply.find<ReadDir>();
        for (auto& entry : part.entries) ok(at("d").remove(entry.name));
        if (!part.entries.empty()) args.cookie = part.entries.back().cookie;
        args.verifier = part.verifier;
        eof = part.eof;
    }
    ok(at("").remove("d"));
}

TEST_P(BackendContract, a_hundred_thousand_entries_are_listed_once_each) {
    make_directory("d");
    Reply parent = ok(at("d").get_handle());
    ASSERT_TRUE(parent.ok());
    Handle directory = parent.take<GetHandle>().handle;
    int count = subject().quick ? many : many / 20;
    for (int i = 0; i < count; i++) {
        std::string name = name_of(i);
        Compound program;
        program.put(directory).open(
            {.access = OpenAccess::write, .name = name, .create = Open::Create::guarded});
        ASSERT_TRUE(run(program.close()).ok());
    }
    std::vector<std::string> names = list("d");
    ASSERT_EQ(names.size(), size_t(count));
    for (int i = 0; i < count; i++) ASSERT_EQ(names[size_t(i)], name_of(i));
}

}  // namespace
}  // namespace strait::contract
