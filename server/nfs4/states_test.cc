// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/states.h"

#include <gtest/gtest.h>

#include "server/export.h"

namespace strait::server::nfs4 {
namespace {

using vfs::OpenAccess;
using vfs::OpenDeny;

// States never look into the export they name.
Export& some_export() {
    alignas(Export) static std::byte room[sizeof(Export)];
    return *reinterpret_cast<Export*>(room);
}

struct Table : testing::Test {
    SharedStates states{7, 9};
    StateView open(uint64_t id, OpenAccess access = OpenAccess::both) {
        return states.opened(some_export(), vfs::OpenId{id}, *states.open_owner("me"), access,
                             OpenDeny::none);
    }
    nfsstat4 status(const stateid4& stateid) { return states.test(stateid); }
};

TEST_F(Table, an_open_that_merges_keeps_its_stateid_and_advances_its_seqid) {
    StateView first = open(1, OpenAccess::read);
    StateView second = open(1, OpenAccess::write);
    EXPECT_EQ(first.stateid.other, second.stateid.other);
    EXPECT_EQ(second.stateid.seqid, 2u);
    EXPECT_EQ(second.access, OpenAccess::both);
    EXPECT_EQ(status(first.stateid), NFS4ERR_OLD_STATEID);
    EXPECT_EQ(status(second.stateid), NFS4_OK);
}

TEST_F(Table, a_lock_stateid_allows_what_its_open_allows_by_now) {
    StateView first = open(1, OpenAccess::read);
    StateView lock = states.locked(first.key, *states.lock_owner("it"), 0, 8);
    open(1, OpenAccess::write);
    auto found = states.find(lock.stateid);
    ASSERT_TRUE(found);
    EXPECT_EQ(found->access, OpenAccess::both);
}

TEST_F(Table, a_seqid_of_the_future_is_bad_and_zero_means_the_latest) {
    stateid4 stateid = open(1).stateid;
    stateid.seqid = 2;
    EXPECT_EQ(status(stateid), NFS4ERR_BAD_STATEID);
    stateid.seqid = 0;
    EXPECT_EQ(status(stateid), NFS4_OK);
}

TEST_F(Table, stateids_of_another_client_or_instance_are_bad) {
    stateid4 stateid = open(1).stateid;
    EXPECT_EQ(SharedStates(7, 10).test(stateid), NFS4ERR_BAD_STATEID);
    EXPECT_EQ(SharedStates(8, 9).test(stateid), NFS4ERR_BAD_STATEID);
    EXPECT_EQ(status(anonymous_stateid), NFS4ERR_BAD_STATEID);
}

TEST_F(Table, a_close_takes_the_locks_with_it) {
    StateView opened = open(1);
    stateid4 lock = states.locked(opened.key, *states.lock_owner("l"), 0, 10).stateid;
    EXPECT_EQ(status(lock), NFS4_OK);
    states.closed(opened.key);
    EXPECT_EQ(status(lock), NFS4ERR_BAD_STATEID);
    EXPECT_EQ(status(opened.stateid), NFS4ERR_BAD_STATEID);
    EXPECT_TRUE(states.empty());
}

TEST_F(Table, a_lock_state_can_be_freed_once_it_holds_nothing) {
    StateView opened = open(1);
    uint64_t owner = *states.lock_owner("l");
    stateid4 lock = states.locked(opened.key, owner, 0, 10).stateid;
    EXPECT_EQ(states.free(lock), NFS4ERR_LOCKS_HELD);
    EXPECT_EQ(states.holders(opened.key), std::vector<uint64_t>{owner});
    lock = states.unlocked(states.find(lock)->key, 0, ~uint64_t{0});
    EXPECT_TRUE(states.holders(opened.key).empty());
    EXPECT_EQ(states.free(lock), NFS4_OK);
    EXPECT_EQ(status(lock), NFS4ERR_BAD_STATEID);
    EXPECT_EQ(states.free(opened.stateid), NFS4ERR_LOCKS_HELD);
}

TEST_F(Table, one_lock_owner_has_one_stateid_on_an_open) {
    StateView opened = open(1);
    stateid4 first = states.locked(opened.key, *states.lock_owner("l"), 0, 10).stateid;
    stateid4 second = states.locked(opened.key, *states.lock_owner("l"), 20, 10).stateid;
    EXPECT_EQ(first.other, second.other);
    EXPECT_EQ(second.seqid, first.seqid + 1);
    stateid4 other = states.locked(opened.key, *states.lock_owner("m"), 40, 10).stateid;
    EXPECT_NE(first.other, other.other);
}

TEST_F(Table, an_owner_is_forgotten_with_its_last_state) {
    uint64_t before = *states.open_owner("me");
    StateView opened = open(1);
    EXPECT_EQ(states.owner_name(before), "me");
    states.closed(opened.key);
    EXPECT_EQ(states.owner_name(before), "");
    EXPECT_NE(*states.open_owner("me"), before);
}

TEST_F(Table, open_owners_and_lock_owners_of_one_name_are_two) {
    EXPECT_NE(*states.open_owner("x"), *states.lock_owner("x"));
}

}  // namespace
}  // namespace strait::server::nfs4
