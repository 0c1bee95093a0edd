// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/export_spec.h"

#include <gtest/gtest.h>

namespace strait::server {
namespace {

Address at(const char* text) { return *Address::parse(text); }

TEST(ExportSpec, root_is_squashed_unless_said_otherwise) {
    auto spec = parse_export("a=memory:");
    ASSERT_TRUE(spec);
    EXPECT_EQ(spec->squash, Squash::root);
    EXPECT_FALSE(spec->read_only);
    EXPECT_EQ(spec->anonymous_uid, 65534u);
}

TEST(ExportSpec, reads_every_option) {
    auto spec = parse_export(
        "/srv/data/=local:/tmp/x,ro,all_squash,anonuid=7,anongid=8,clients=10.0.0.0/8,fd00::/8");
    ASSERT_TRUE(spec) << spec.error();
    EXPECT_EQ(spec->name, "srv/data");
    EXPECT_EQ(spec->backend, "local");
    EXPECT_EQ(spec->argument, "/tmp/x");
    EXPECT_TRUE(spec->read_only);
    EXPECT_EQ(spec->squash, Squash::all);
    EXPECT_EQ(spec->anonymous_uid, 7u);
    EXPECT_EQ(spec->anonymous_gid, 8u);
    EXPECT_TRUE(spec->admits(at("10.1.2.3:700")));
    EXPECT_TRUE(spec->admits(at("[fd00::1]:700")));
    EXPECT_FALSE(spec->admits(at("11.1.2.3:700")));
}

TEST(ExportSpec, options_of_a_memory_store_pass_to_it) {
    auto spec = parse_export("m=memory:size=1g,files=10,no_root_squash");
    ASSERT_TRUE(spec) << spec.error();
    EXPECT_EQ(spec->argument, "size=1g,files=10");
    EXPECT_EQ(spec->squash, Squash::none);
}

TEST(ExportSpec, a_wrong_one_is_told_in_a_sentence) {
    EXPECT_NE(parse_export("nothing").error().find("NAME=BACKEND:ARG"), std::string::npos);
    EXPECT_NE(parse_export("a=local:/x,sqash").error().find("\"sqash\""), std::string::npos);
    EXPECT_NE(parse_export("a=local:/x,anonuid=me").error().find("number"), std::string::npos);
    EXPECT_NE(parse_export("a=local:/x,clients=ten").error().find("\"ten\""), std::string::npos);
    EXPECT_FALSE(parse_export("a/../b=memory:"));
    EXPECT_FALSE(parse_export("a=:x"));
}

TEST(AddressRange, a_prefix_longer_than_the_address_is_refused) {
    EXPECT_FALSE(AddressRange::parse("10.0.0.0/33"));
    EXPECT_FALSE(AddressRange::parse("::1/129"));
    EXPECT_FALSE(AddressRange::parse("10.0.0.0/"));
    EXPECT_FALSE(AddressRange::parse("10.0.0.0/8x"));
}

TEST(AddressRange, an_ipv4_client_seen_through_ipv6_is_still_ipv4) {
    auto range = AddressRange::parse("127.0.0.0/8");
    ASSERT_TRUE(range);
    EXPECT_TRUE(range->contains(at("[::ffff:127.0.0.1]:1")));
    EXPECT_FALSE(range->contains(at("[::1]:1")));
    EXPECT_TRUE(AddressRange::parse("0.0.0.0/0")->contains(at("9.9.9.9:1")));
}

}  // namespace
}  // namespace strait::server
