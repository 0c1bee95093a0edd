// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/refusals.h"

#include <gtest/gtest.h>

namespace strait::vfs {
namespace {

TEST(Refusals, count_for_their_own_file_system_only) {
    Attributes here, there;
    here.fsid = {1, 1};
    there.fsid = {1, 2};
    here.valid = there.valid = Attr::fsid;
    Refusals refusals;
    refusals.note(Refusals::Feature::copy, &here);
    EXPECT_TRUE(refusals.refused(Refusals::Feature::copy, &here));
    EXPECT_FALSE(refusals.refused(Refusals::Feature::clone, &here));
    EXPECT_FALSE(refusals.refused(Refusals::Feature::copy, &there));
    EXPECT_FALSE(refusals.refused(Refusals::Feature::copy, nullptr));
}

}  // namespace
}  // namespace strait::vfs
