// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The room's tests run once on each backend. A test on io_uring is skipped where the kernel refuses
// it.

#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "reactor/reactor.h"

namespace strait {

class ReactorTest : public testing::TestWithParam<BackendKind> {
  public:
    void SetUp() override { restart({}); }
    void TearDown() override { loop.reset(); }
    void restart(ReactorOptions options) {
        loop.reset();
        options.backend = GetParam();
        auto made = Reactor::create(options);
        if (!made && GetParam() == BackendKind::uring) GTEST_SKIP() << "io_uring is refused here";
        ASSERT_TRUE(made.has_value());
        loop = std::move(*made);
    }
    template <class T>
    Result<T> run(Task<T> task) {
        return loop->block_on(std::move(task));
    }
    std::unique_ptr<Reactor> loop;
};

// Waits for `task` and keeps how it ended.
template <class T>
Task<> keep(Task<T> task, Result<T>& outcome) {
    outcome = co_await std::move(task).result();
}

#define STRAIT_BOTH_BACKENDS(suite)                                              \
    INSTANTIATE_TEST_SUITE_P(                                                    \
        reactor, suite, testing::Values(BackendKind::uring, BackendKind::epoll), \
        [](auto& each) { return each.param == BackendKind::uring ? "uring" : "epoll"; })

}  // namespace strait
