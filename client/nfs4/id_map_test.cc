// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/nfs4/id_map.h"

#include <gtest/gtest.h>

namespace strait::client::nfs4 {
namespace {

TEST(IdMap, numbers_need_no_look_up) {
    IdMap ids;
    EXPECT_EQ(ids.user("1000"), 1000u);
    EXPECT_EQ(ids.group("4294967294"), 4294967294u);
    EXPECT_FALSE(ids.needs_lookup());
}

TEST(IdMap, a_name_is_known_after_it_was_looked_up_whatever_its_domain) {
    auto reactor = std::move(*Reactor::create());
    IdMap ids;
    EXPECT_EQ(ids.user("root@example.org"), std::nullopt);
    EXPECT_EQ(ids.group("no such group at all@x"), std::nullopt);
    EXPECT_TRUE(ids.needs_lookup());
    ASSERT_TRUE(reactor->block_on(ids.resolve(*reactor)).has_value());
    EXPECT_FALSE(ids.needs_lookup());
    EXPECT_EQ(ids.user("root@elsewhere"), 0u);
    EXPECT_EQ(ids.group("no such group at all@x"), IdMap::nobody);
}

TEST(IdMap, a_server_that_invents_names_does_not_make_it_grow_without_end) {
    IdMap ids;
    for (int i = 0; i < 5000; i++) (void)ids.user("invented" + std::to_string(i));
    EXPECT_EQ(ids.user("one more"), IdMap::nobody);
    EXPECT_EQ(ids.user(""), IdMap::nobody);
}

}  // namespace
}  // namespace strait::client::nfs4
