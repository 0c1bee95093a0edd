// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/place.h"

#include <gtest/gtest.h>

namespace strait::tool {
namespace {

using Kind = Target::Kind;

TEST(Place, urls_mount_form_memory_and_local_paths_are_told_apart) {
    EXPECT_EQ(parse_target("nfs://h/x", {})->kind, Kind::nfs);
    EXPECT_EQ(parse_target("h:/x", {})->kind, Kind::nfs);
    EXPECT_EQ(parse_target("memory:/x", {})->kind, Kind::memory);
    EXPECT_EQ(parse_target("./h:/x", {})->kind, Kind::local);
    EXPECT_EQ(parse_target("/h", {})->kind, Kind::local);
    EXPECT_FALSE(parse_target("", {}));
}

TEST(Place, mount_options_are_added_and_checked) {
    CommonOptions options;
    options.mount_options = {"vers=4.1,soft", "timeo=50"};
    auto target = parse_target("nfs://h/x", options);
    ASSERT_TRUE(target);
    EXPECT_EQ(target->options.minor, 1u);
    EXPECT_EQ(target->options.timeo, 5s);
    options.mount_options = {"sponge=1"};
    auto refused = parse_target("nfs://h/x", options);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().text.find("sponge=1"), std::string::npos) << refused.error().text;
}

TEST(Place, a_timeout_makes_a_soft_mount) {
    CommonOptions options;
    options.timeout_s = 1.5;
    auto target = parse_target("nfs://h/x", options);
    ASSERT_TRUE(target);
    EXPECT_EQ(target->options.timeo, 1500ms);
    EXPECT_EQ(target->options.retrans, 0u);
    EXPECT_EQ(target->options.on_silence, client::OnSilence::soft);
}

TEST(Place, children_have_a_name_without_the_urls_options) {
    Place place;
    vfs::FileSystem files;
    place.files = &files;
    place.root = "/0";
    place.path = "/0/x";
    place.text = "nfs://h/x?vers=4.1";
    Place below = place.child("a b");
    EXPECT_EQ(below.path, "/0/x/a b");
    EXPECT_EQ(below.text, "nfs://h/x/a b");
    EXPECT_EQ(below.name(), "a b");
    place.path = place.root;
    EXPECT_EQ(place.name(), "");
}

TEST(Place, local_names_ignore_slashes_at_the_end) {
    Place place;
    place.path = place.text = "/tmp/x//";
    EXPECT_EQ(place.name(), "x");
    EXPECT_EQ(place.child("y").path, "/tmp/x//y");
}

}  // namespace
}  // namespace strait::tool
