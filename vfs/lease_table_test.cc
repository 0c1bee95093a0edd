// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/lease_table.h"

#include <gtest/gtest.h>

#include <random>

namespace strait::vfs {
namespace {

constexpr OpenAccess accesses[] = {OpenAccess::read, OpenAccess::write, OpenAccess::both};
constexpr OpenDeny denies[] = {OpenDeny::none, OpenDeny::read, OpenDeny::write, OpenDeny::both};

Interval range(uint64_t first, uint64_t last, LockKind kind, uint64_t owner) {
    return {first, last, kind, {1, owner}};
}

class LeaseTableTest : public testing::Test {
  protected:
    Node& node() { return *file_; }
    NodeRef file_{new Node(1, FileType::regular)};
    LeaseTable table_;
};

TEST_F(LeaseTableTest, shares_of_two_owners_clash_exactly_when_one_denies_what_the_other_does) {
    for (auto access_a : accesses)
        for (auto deny_a : denies)
            for (auto access_b : accesses)
                for (auto deny_b : denies) {
                    ASSERT_TRUE(table_.share(node(), {1, 1}, share_mode(access_a, deny_a), 1));
                    auto second = table_.share(node(), {1, 2}, share_mode(access_b, deny_b), 2);
                    bool clash = (int(access_a) & int(deny_b)) || (int(access_b) & int(deny_a));
                    EXPECT_EQ(second.has_value(), !clash);
                    table_.unshare(node(), 1);
                    table_.unshare(node(), 2);
                }
    EXPECT_EQ(table_.objects(), 0u);
}

TEST_F(LeaseTableTest, opens_of_one_owner_become_one_row_of_both_modes) {
    auto first = table_.share(node(), {1, 1}, share_mode(OpenAccess::read, OpenDeny::none), 10);
    auto second = table_.share(node(), {1, 1}, share_mode(OpenAccess::write, OpenDeny::read), 11);
    ASSERT_TRUE(second);
    EXPECT_TRUE(second->merged);
    EXPECT_EQ(second->open, 10u);
    EXPECT_EQ(second->mode, (LeaseMode{3, 1}));
    EXPECT_EQ(first->gained, OpenAccess::read);
    EXPECT_EQ(second->gained, OpenAccess::write);
    EXPECT_TRUE(table_.unshare(node(), 10));
}

TEST_F(LeaseTableTest, a_row_narrows_but_never_widens) {
    ASSERT_TRUE(table_.share(node(), {1, 1}, {3, 3}, 1));
    EXPECT_EQ(table_.check_io(node(), OpenAccess::read).error(), Errc::share_denied);
    ASSERT_TRUE(table_.narrow(node(), 1, {1, 2}));
    EXPECT_TRUE(table_.check_io(node(), OpenAccess::read));
    EXPECT_EQ(table_.check_io(node(), OpenAccess::write).error(), Errc::share_denied);
    EXPECT_EQ(table_.narrow(node(), 1, {3, 2}).error(), Errc::inval);
    EXPECT_EQ(table_.narrow(node(), 2, {1, 0}).error(), Errc::bad_stateid);
}

TEST_F(LeaseTableTest, ranges_without_bytes_or_past_the_last_offset_are_refused) {
    EXPECT_EQ(lock_range(0, 0).error(), Errc::inval);
    EXPECT_EQ(lock_range(~uint64_t{0}, 2).error(), Errc::inval);
    EXPECT_EQ(lock_range(2, ~uint64_t{0} - 1).error(), Errc::inval);
    EXPECT_EQ(*lock_range(1, ~uint64_t{0} - 1),
              (std::pair<uint64_t, uint64_t>{1, ~uint64_t{0} - 1}));
    EXPECT_EQ(*lock_range(5, lock_to_end), (std::pair<uint64_t, uint64_t>{5, ~uint64_t{0}}));
}

// A byte-range lock table for 64 bytes, byte by byte.
class NaiveLocks {
  public:
    static constexpr uint64_t bytes = 64, owners = 5;
    bool conflicts(const Interval& wanted) const {
        for (uint64_t at = wanted.first; at <= wanted.last; at++)
            for (uint64_t owner = 0; owner < owners; owner++)
                if (owner != wanted.owner.id && held_[at][owner] &&
                    (held_[at][owner] == 2 || wanted.kind == LockKind::write))
                    return true;
        return false;
    }
    void set(uint64_t first, uint64_t last, uint64_t owner, int held) {
        for (uint64_t at = first; at <= last; at++) held_[at][owner] = held;
    }
    bool holds(uint64_t owner) const {
        for (auto& at : held_)
            if (at[owner]) return true;
        return false;
    }

  private:
    int held_[bytes][owners] = {};  // 0 nothing, 1 read, 2 write
};

TEST_F(LeaseTableTest, range_locks_behave_as_a_table_of_single_bytes) {
    std::mt19937 random(7);
    NaiveLocks model;
    for (int step = 0; step < 200'000; step++) {
        uint64_t a = random() % NaiveLocks::bytes, b = random() % NaiveLocks::bytes;
        uint64_t owner = random() % NaiveLocks::owners;
        auto kind = random() % 2 ? LockKind::write : LockKind::read;
        Interval wanted = range(std::min(a, b), std::max(a, b), kind, owner);
        auto tested = table_.test(node(), wanted);
        ASSERT_EQ(tested.has_value(), model.conflicts(wanted)) << "step " << step;
        if (random() % 2) {
            auto locked = table_.lock(node(), wanted);
            ASSERT_EQ(locked.has_value(), tested.has_value());
            if (!locked) model.set(wanted.first, wanted.last, owner, 1 + (kind == LockKind::write));
        } else {
            table_.unlock(node(), wanted.first, wanted.last, wanted.owner);
            model.set(wanted.first, wanted.last, owner, 0);
        }
        ASSERT_EQ(table_.holds_locks(node(), wanted.owner), model.holds(owner));
    }
}

TEST_F(LeaseTableTest, a_reported_conflict_really_stands_in_the_way) {
    ASSERT_FALSE(table_.lock(node(), range(10, 19, LockKind::write, 1)));
    ASSERT_FALSE(table_.lock(node(), range(30, ~uint64_t{0}, LockKind::read, 1)));
    auto found = table_.test(node(), range(0, 12, LockKind::read, 2));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->offset, 10u);
    EXPECT_EQ(found->length, 10u);
    EXPECT_EQ(found->kind, LockKind::write);
    EXPECT_EQ(found->owner, (Owner{1, 1}));
    auto open_ended = table_.test(node(), range(25, 40, LockKind::write, 2));
    ASSERT_TRUE(open_ended);
    EXPECT_EQ(open_ended->length, lock_to_end);
}

TEST_F(LeaseTableTest, neighbouring_locks_of_one_kind_become_one) {
    ASSERT_FALSE(table_.lock(node(), range(0, 9, LockKind::write, 1)));
    ASSERT_FALSE(table_.lock(node(), range(20, 29, LockKind::write, 1)));
    ASSERT_FALSE(table_.lock(node(), range(10, 19, LockKind::write, 1)));
    auto found = table_.test(node(), range(15, 15, LockKind::read, 2));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->offset, 0u);
    EXPECT_EQ(found->length, 30u);
}

TEST_F(LeaseTableTest, many_locks_of_many_owners_stay_quick) {
    constexpr uint64_t count = 100'000;
    for (uint64_t i = 0; i < count; i++)
        ASSERT_FALSE(table_.lock(node(), range(i * 10, i * 10 + 4, LockKind::write, i)));
    for (uint64_t i = 0; i < count; i++)
        ASSERT_TRUE(table_.test(node(), range(i * 10, i * 10, LockKind::read, count)));
    for (uint64_t i = 0; i < count; i++) table_.unlock(node(), 0, ~uint64_t{0}, {1, i});
    EXPECT_EQ(table_.objects(), 0u);
}

TEST(Conflict, cache_leases_are_recalled_and_refused_to_newcomers) {
    Lease reader{.kind = LeaseKind::cache, .mode = cache_mode(false), .owner = {1, 1}};
    Lease writer{.mode = share_mode(OpenAccess::write, OpenDeny::none), .owner = {2, 1}};
    Lease looker{.mode = share_mode(OpenAccess::read, OpenDeny::none), .owner = {2, 1}};
    EXPECT_EQ(conflict_of(reader, writer), Conflict::recall);
    EXPECT_EQ(conflict_of(reader, looker), Conflict::none);
    EXPECT_EQ(conflict_of(writer, reader), Conflict::refused);
    writer.owner = reader.owner;
    EXPECT_EQ(conflict_of(reader, writer), Conflict::none);
}

TEST(Conflict, byte_range_locks_meet_only_each_other) {
    Lease lock{.scope = LeaseScope::range,
               .kind = LeaseKind::lock,
               .mode = lock_mode(LockKind::write),
               .first = 5,
               .last = 9,
               .owner = {1, 1}};
    Lease open{.mode = share_mode(OpenAccess::both, OpenDeny::both), .owner = {2, 1}};
    EXPECT_EQ(conflict_of(lock, open), Conflict::none);
    EXPECT_EQ(conflict_of(open, lock), Conflict::none);
    Lease other = lock;
    other.owner = {2, 1};
    EXPECT_EQ(conflict_of(lock, other), Conflict::refused);
    other.first = 10, other.last = 20;
    EXPECT_EQ(conflict_of(lock, other), Conflict::none);
}

}  // namespace
}  // namespace strait::vfs
