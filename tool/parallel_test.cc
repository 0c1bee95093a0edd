// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/parallel.h"

#include <gtest/gtest.h>

#include "reactor/reactor.h"

namespace strait::tool {
namespace {

struct Counts {
    size_t now = 0, most = 0, done = 0;
};

Task<> step(Reactor& reactor, Counts& counts, Errc outcome) {
    counts.most = std::max(counts.most, ++counts.now);
    co_await reactor.sleep_for(1ms);
    counts.now--;
    counts.done++;
    if (outcome != Errc::ok) co_await outcome;
}

Task<> run_all(Reactor& reactor, Counts& counts, size_t tasks, size_t failing, StopSource* stop) {
    Parallel parallel(3);
    for (size_t i = 0; i < tasks; i++) {
        if (stop && i == 5) stop->request_stop(Errc::interrupted);
        co_await parallel.run(step(reactor, counts, i == failing ? Errc::nospc : Errc::ok));
    }
    co_await parallel.finish();
}

TEST(Parallel, no_more_run_at_once_than_there_is_room) {
    auto reactor = std::move(*Reactor::create());
    Counts counts;
    EXPECT_TRUE(reactor->block_on(run_all(*reactor, counts, 20, ~size_t{0}, nullptr)));
    EXPECT_EQ(counts.done, 20u);
    EXPECT_EQ(counts.most, 3u);
}

TEST(Parallel, one_failure_is_told_and_the_others_go_on) {
    auto reactor = std::move(*Reactor::create());
    Counts counts;
    auto outcome = reactor->block_on(run_all(*reactor, counts, 10, 2, nullptr));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error(), Errc::nospc);
    EXPECT_EQ(counts.done, 10u);
}

TEST(Parallel, a_stop_ends_those_under_way_and_starts_no_more) {
    auto reactor = std::move(*Reactor::create());
    Counts counts;
    StopSource stop;
    Scope scope{never, &stop};
    auto outcome =
        reactor->block_on(run_all(*reactor, counts, 50, ~size_t{0}, &stop).within(scope));
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error(), Errc::interrupted);
    EXPECT_LE(counts.done, 5u);
}

}  // namespace
}  // namespace strait::tool
