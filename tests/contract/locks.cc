// SPDX-License-Identifier: LGPL-2.1-or-later
// Byte-range locks.
#include "base/sync.h"
#include "tests/contract/contract.h"

namespace strait::contract {
namespace {

Lock lock(LockKind kind, uint64_t offset, uint64_t length, Owner owner) {
    return {.kind = kind, .offset = offset, .length = length, .owner = owner};
}
TestLock test(LockKind kind, uint64_t offset, uint64_t length, Owner owner) {
    return {.kind = kind, .offset = offset, .length = length, .owner = owner};
}

constexpr Owner alice{1, 10}, bob{2, 10};
constexpr LockKind kinds[] = {LockKind::read, LockKind::write};

Task<> run_one(Backend& backend, const Compound& program, Errc& outcome) {
    auto reply = co_await backend.run(program).result();
    outcome = reply ? reply->error.code : reply.error().code;
}

Task<> run_all(Backend& backend, const std::vector<Compound>& programs,
               std::vector<Errc>& outcomes) {
    Nursery at_once;
    for (size_t i = 0; i < programs.size(); ++i)
        at_once.spawn(run_one(backend, programs[i], outcomes[i]));
    co_await at_once.close();
}

#define NEEDS_OWNERS() \
    if (!subject().owners) GTEST_SKIP() << "owners are not told apart"

TEST_P(BackendContract, read_locks_go_together_and_a_write_lock_stands_alone) {
    NEEDS_OWNERS();
    make_file("f");
    OpenId a = open("f", OpenAccess::both, {}, {1, 1}), b = open("f", OpenAccess::both, {}, {2, 1});
    for (auto first : kinds)
        for (auto second : kinds) {
            ok(Compound().use_open(a).add(lock(first, 10, 10, alice)));
            bool clash = first == LockKind::write || second == LockKind::write;
            EXPECT_EQ(error(Compound().use_open(b).add(lock(second, 15, 10, bob))),
                      clash ? Errc::denied : Errc::ok);
            EXPECT_EQ(error(Compound().use_open(b).add(lock(second, 20, 10, bob))), Errc::ok);
            EXPECT_EQ(error(Compound().use_open(b).add(lock(second, 0, 10, bob))), Errc::ok);
            ok(Compound().use_open(a).add(Unlock{.owner = alice}));
            ok(Compound().use_open(b).add(Unlock{.owner = bob}));
        }
    close(a);
    close(b);
}

TEST_P(BackendContract, who_stands_in_the_way_is_told) {
    NEEDS_OWNERS();
    make_file("f");
    OpenId a = open("f", OpenAccess::both, {}, {1, 1});
    ok(Compound().use_open(a).add(lock(LockKind::write, 100, 50, alice)));
    Reply tested = run(at("f").add(test(LockKind::read, 120, lock_to_end, bob)));
    EXPECT_EQ(tested.error.code, Errc::denied);
    auto* found = tested.find<TestLock>();
    ASSERT_TRUE(found);
    EXPECT_EQ(found->conflict.offset, 100u);
    EXPECT_EQ(found->conflict.length, 50u);
    EXPECT_EQ(found->conflict.kind, LockKind::write);
    ok(at("f").add(test(LockKind::write, 120, 10, alice)));
    ok(at("f").add(test(LockKind::write, 150, 10, bob)));
    EXPECT_EQ(error(at("f").add(test(LockKind::read, 0, 101, bob))), Errc::denied);
    OpenId b = open("f", OpenAccess::both, {}, {2, 1});
    Reply refused = run(Compound().use_open(b).add(lock(LockKind::read, 149, 1, bob)));
    EXPECT_EQ(refused.error.code, Errc::denied);
    ASSERT_TRUE(refused.find<Lock>());
    EXPECT_EQ(refused.find<Lock>()->conflict.offset, 100u);
    close(a);
    close(b);
}

TEST_P(BackendContract, requests_for_the_locks_of_one_owner_may_go_at_once) {
    NEEDS_OWNERS();
    make_file("f");
    OpenId a = open("f", OpenAccess::both, {}, {1, 1}), b = open("f", OpenAccess::both, {}, {2, 1});
    constexpr uint64_t pieces = 8;
    for (int round = 0; round < 6; ++round) {
        ok(Compound().use_open(a).add(lock(LockKind::write, 0, pieces, alice)));
        std::vector<Compound> programs;
        for (uint64_t piece = 0; piece < pieces; ++piece) {
            Compound& program = programs.emplace_back().use_open(a);
            if (piece % 2 == 0) program.add(Unlock{piece, 1, alice});
            if (piece % 2 == 1) program.add(lock(LockKind::write, pieces + piece, 1, alice));
        }
        std::vector<Errc> outcomes(pieces, Errc::io);
        subject().drive(run_all(backend(), programs, outcomes));
        EXPECT_THAT(outcomes, testing::Each(Errc::ok));
        ok(Compound().use_open(b).add(lock(LockKind::write, 0, 1, bob)));
        EXPECT_EQ(error(Compound().use_open(b).add(lock(LockKind::write, 9, 1, bob))),
                  Errc::denied);
        ok(Compound().use_open(b).add(Unlock{.owner = bob}));
        ok(Compound().use_open(a).add(Unlock{.owner = alice}));
    }
    ok(Compound().use_open(b).add(lock(LockKind::write, 0, lock_to_end, bob)));
    close(a);
    close(b);
}

TEST_P(BackendContract, unlocking_the_middle_leaves_both_sides) {
    NEEDS_OWNERS();
    make_file("f");
    OpenId a = open("f", OpenAccess::both, {}, {1, 1});
    ok(Compound()
           .use_open(a)
           .add(lock(LockKind::write, 0, 100, alice))
           .add(Unlock{.offset = 40, .length = 20, .owner = alice}));
    EXPECT_EQ(error(at("f").add(test(LockKind::read, 39, 1, bob))), Errc::denied);
    EXPECT_EQ(error(at("f").add(test(LockKind::read, 40, 20, bob))), Errc::ok);
    EXPECT_EQ(error(at("f").add(test(LockKind::read, 60, 1, bob))), Errc::denied);
    close(a);
}

TEST_P(BackendContract, an_owner_changes_its_own_lock_in_place) {
    NEEDS_OWNERS();
    make_file("f");
    OpenId a = open("f", OpenAccess::both, {}, {1, 1});
    ok(Compound()
           .use_open(a)
           .add(lock(LockKind::read, 0, 100, alice))
           .add(lock(LockKind::write, 20, 10, alice)));
    EXPECT_EQ(error(at("f").add(test(LockKind::read, 0, 20, bob))), Errc::ok);
    EXPECT_EQ(error(at("f").add(test(LockKind::read, 0, 21, bob))), Errc::denied);
    ok(Compound().use_open(a).add(lock(LockKind::read, 20, 10, alice)));
    EXPECT_EQ(error(at("f").add(test(LockKind::read, 0, 100, bob))), Errc::ok);
    close(a);
}

TEST_P(BackendContract, an_upgrade_waits_for_other_readers) {
    NEEDS_OWNERS();
    make_file("f");
    OpenId a = open("f", OpenAccess::both, {}, {1, 1}), b = open("f", OpenAccess::both, {}, {2, 1});
    ok(Compound().use_open(a).add(lock(LockKind::read, 0, 10, alice)));
    ok(Compound().use_open(b).add(lock(LockKind::read, 0, 10, bob)));
    EXPECT_EQ(error(Compound().use_open(a).add(lock(LockKind::write, 0, 10, alice))), Errc::denied);
    EXPECT_EQ(error(at("f").add(test(LockKind::write, 0, 10, bob))), Errc::denied)
        << "the read lock is still there";
    close(b);
    ok(Compound().use_open(a).add(lock(LockKind::write, 0, 10, alice)));
    close(a);
}

TEST_P(BackendContract, locks_end_with_the_open_they_were_taken_by) {
    NEEDS_OWNERS();
    make_file("f");
    OpenId a = open("f", OpenAccess::both, {}, {1, 1});
    ok(Compound().use_open(a).add(lock(LockKind::write, 0, lock_to_end, alice)));
    EXPECT_EQ(error(at("f").add(test(LockKind::read, 1u << 30, 1, bob))), Errc::denied);
    close(a);
    EXPECT_EQ(error(at("f").add(test(LockKind::read, 1u << 30, 1, bob))), Errc::ok);
}

TEST_P(BackendContract, locks_need_an_open_for_what_they_are) {
    make_file("f");
    OpenId reader = open("f", OpenAccess::read, {}, {1, 1});
    EXPECT_EQ(error(Compound().use_open(reader).add(lock(LockKind::write, 0, 1, alice))),
              Errc::openmode);
    ok(Compound().use_open(reader).add(lock(LockKind::read, 0, 1, alice)));
    close(reader);
    OpenId writer = open("f", OpenAccess::write, {}, {1, 1});
    EXPECT_EQ(error(Compound().use_open(writer).add(lock(LockKind::read, 0, 1, alice))),
              Errc::openmode);
    close(writer);
    EXPECT_EQ(error(at("f").add(lock(LockKind::read, 0, 1, alice))), Errc::bad_stateid);
}

TEST_P(BackendContract, ranges_that_are_none_are_refused) {
    make_file("f");
    OpenId a = open("f", OpenAccess::both, {}, {1, 1});
    EXPECT_EQ(error(Compound().use_open(a).add(lock(LockKind::read, 0, 0, alice))), Errc::inval);
    EXPECT_EQ(error(Compound().use_open(a).add(lock(LockKind::read, 100, lock_to_end - 1, alice))),
              Errc::inval);
    EXPECT_EQ(error(at("f").add(test(LockKind::read, 0, 0, bob))), Errc::inval);
    close(a);
    make_directory("d");
    EXPECT_EQ(error(at("d").add(test(LockKind::read, 0, 1, bob))), Errc::isdir);
}

TEST_P(BackendContract, the_caller_itself_is_an_owner_per_open) {
    make_file("f");
    OpenId one = open("f"), two = open("f");
    ok(Compound().use_open(one).add(lock(LockKind::write, 0, 10, {})));
    EXPECT_EQ(error(Compound().use_open(two).add(lock(LockKind::write, 5, 10, {}))), Errc::denied);
    ok(Compound().use_open(one).add(lock(LockKind::read, 0, 10, {})));
    close(one);
    ok(Compound().use_open(two).add(lock(LockKind::write, 5, 10, {})));
    close(two);
}

}  // namespace
}  // namespace strait::contract
