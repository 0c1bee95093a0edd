// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include "tests/contract/contract.h"

namespace strait::contract {
namespace {

SetXattr set(std::string_view name, std::string_view value,
             SetXattr::Mode mode = SetXattr::Mode::either) {
    return {name, as_bytes(value), mode};
}

std::string value_of(Reply reply) {
    return reply.ok() ? std::string(reply.find<GetXattr>()->value.text()) : "";
}

TEST_P(BackendContract, extended_attributes_are_kept_on_files_and_directories) {
    if (!capabilities().xattrs) GTEST_SKIP() << "no xattrs";
    make_file("f");
    make_directory("d");
    std::string binary("a\0b\xff", 4);
    for (auto path : {"f", "d"}) {
        ok(at(path).add(set("one", binary)).add(set("two", "")));
        EXPECT_EQ(value_of(ok(at(path).add(GetXattr{"one"}))), binary);
        EXPECT_EQ(value_of(ok(at(path).add(GetXattr{"two"}))), "");
        ok(at(path).add(set("one", "other")));
        EXPECT_EQ(value_of(ok(at(path).add(GetXattr{"one"}))), "other");
        ok(at(path).add(RemoveXattr{"one"}));
        EXPECT_EQ(error(at(path).add(GetXattr{"one"})), Errc::nodata);
        EXPECT_EQ(error(at(path).add(RemoveXattr{"one"})), Errc::nodata);
    }
}

TEST_P(BackendContract, extended_attributes_are_made_or_replaced_as_asked) {
    if (!capabilities().xattrs) GTEST_SKIP() << "no xattrs";
    make_file("f");
    EXPECT_EQ(error(at("f").add(set("a", "1", SetXattr::Mode::replace))), Errc::nodata);
    ok(at("f").add(set("a", "1", SetXattr::Mode::create)));
    EXPECT_EQ(error(at("f").add(set("a", "2", SetXattr::Mode::create))), Errc::exist);
    ok(at("f").add(set("a", "2", SetXattr::Mode::replace)));
    EXPECT_EQ(value_of(ok(at("f").add(GetXattr{"a"}))), "2");
}

TEST_P(BackendContract, extended_attributes_are_listed_in_parts) {
    if (!capabilities().xattrs) GTEST_SKIP() << "no xattrs";
    make_file("f");
    std::vector<std::string> made, listed;
    for (int i = 0; i < 30; i++) {
        made.push_back("attribute-" + std::to_string(100 + i));
        ok(at("f").add(set(made.back(), "v")));
    }
    ListXattrs args{.max_bytes = 200};
    for (bool eof = false; !eof && listed.size() < 100;) {
        Reply reply = ok(at("f").add(args));
        ASSERT_TRUE(reply.ok());
        auto& part = *reply.find<ListXattrs>();
        ASSERT_TRUE(part.eof || !part.names.empty());
        for (auto name : part.names) listed.emplace_back(name);
        args.cookie = part.cookie;
        eof = part.eof;
    }
    std::sort(listed.begin(), listed.end());
    EXPECT_EQ(listed, made);
}

TEST_P(BackendContract, setting_an_extended_attribute_is_a_change) {
    if (!capabilities().xattrs) GTEST_SKIP() << "no xattrs";
    if (!subject().exact_change) GTEST_SKIP() << "the counter is as fine as a clock";
    make_file("f", "x");
    Attributes before = stat("f");
    ok(at("f").add(set("a", "1")));
    EXPECT_GT(stat("f").change, before.change);
    EXPECT_EQ(stat("f").mtime, before.mtime);
}

}  // namespace
}  // namespace strait::contract
