// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/id_map.h"

#include <gtest/gtest.h>

namespace strait::fuse {

TEST(id_map, outside_of_any_namespace_everybody_is_who_he_is) {
    IdMap map("         0          0 4294967295\n");
    EXPECT_TRUE(map.identity());
    EXPECT_EQ(map.to_outside(1000), 1000u);
    EXPECT_EQ(map.to_inside(0), 0u);
}

TEST(id_map, root_of_a_namespace_is_who_made_it_and_strangers_are_nobody) {
    IdMap map("0 1000 1\n1 100000 65536\n");
    EXPECT_EQ(map.to_outside(0), 1000u);
    EXPECT_EQ(map.to_outside(2), 100001u);
    EXPECT_EQ(map.to_inside(1000), 0u);
    EXPECT_EQ(map.to_inside(0), 65534u);
    EXPECT_EQ(map.to_outside(70000), 65534u);
    EXPECT_EQ(IdMap("0 1000 1\n").to_inside(0), 0u);
}

}  // namespace strait::fuse
