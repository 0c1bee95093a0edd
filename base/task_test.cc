// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/task.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "base/sync.h"

namespace strait {
namespace {

struct Witness {
    std::vector<std::string>& log;
    std::string name;
    ~Witness() { log.push_back(name); }
};

template <class T>
Result<T> run(Task<T> task) {
    std::optional<Result<T>> outcome;
    start(std::move(task), [&](Result<T> r) { outcome.emplace(std::move(r)); });
    run_ready();
    EXPECT_TRUE(outcome.has_value());
    return outcome ? std::move(*outcome) : Result<T>(fail(Errc::io));
}

Task<int> number(int value) { co_return value; }
Task<int> missing() { co_return Errc::noent; }
Task<> nothing_there() { co_await Error(Errc::noent); }

Task<int> sum() {
    int a = co_await number(1);
    int b = co_await number(2);
    co_return a + b;
}

Task<int> passes_errors(std::vector<std::string>& log) {
    Witness outer{log, "outer"};
    int a = co_await missing();
    log.push_back("not reached");
    co_return a;
}

Task<int> passes_twice(std::vector<std::string>& log) {
    Witness outermost{log, "outermost"};
    co_return co_await passes_errors(log);
}

Task<std::string> takes_error(std::vector<std::string>& log) {
    auto r = co_await passes_twice(log).result();
    log.push_back("after");
    co_return std::string(errc_name(r.error().code));
}

TEST(Task, values_come_back) { EXPECT_EQ(run(sum()).value(), 3); }

TEST(Task, an_error_leaves_every_awaiting_coroutine_and_destroys_their_locals_innermost_first) {
    std::vector<std::string> log;
    EXPECT_EQ(run(takes_error(log)).value(), "noent");
    EXPECT_EQ(log, (std::vector<std::string>{"outer", "outermost", "after"}));
}

TEST(Task, an_error_that_nobody_takes_is_the_outcome) {
    std::vector<std::string> log;
    EXPECT_EQ(run(passes_twice(log)).error().code, Errc::noent);
    EXPECT_EQ(log.size(), 2u);
}

TEST(Task, void_tasks_fail_by_awaiting_an_error) {
    EXPECT_EQ(run(nothing_there()).error().code, Errc::noent);
}

Task<int> unwraps(Result<int> in) { co_return co_await in; }

TEST(Task, a_result_can_be_awaited) {
    EXPECT_EQ(run(unwraps(7)).value(), 7);
    EXPECT_EQ(run(unwraps(fail(Errc::stale))).error().code, Errc::stale);
}

Task<> waits(Event& event, std::vector<std::string>& log, std::string name) {
    co_await event.wait();
    log.push_back(name);
}

TEST(Sync, an_event_wakes_waiters_in_order) {
    std::vector<std::string> log;
    Event event;
    Nursery nursery;
    nursery.spawn(waits(event, log, "a"));
    nursery.spawn(waits(event, log, "b"));
    run_ready();
    EXPECT_TRUE(log.empty());
    event.set();
    run_ready();
    EXPECT_EQ(log, (std::vector<std::string>{"a", "b"}));
    EXPECT_EQ(nursery.running(), 0u);
}

TEST(Sync, stopping_a_nursery_ends_its_waits) {
    std::vector<std::string> log;
    Event event;
    Nursery nursery;
    nursery.spawn(waits(event, log, "a"));
    nursery.stop();
    run_ready();
    EXPECT_EQ(nursery.running(), 0u);
    EXPECT_TRUE(log.empty());
}

Task<> holds(Mutex& mutex, Event& until, int& inside) {
    auto held = co_await mutex.lock();
    EXPECT_EQ(++inside, 1);
    co_await until.wait();
    inside--;
}

TEST(Sync, a_mutex_lets_one_in_at_a_time) {
    Mutex mutex;
    Event until;
    int inside = 0;
    Nursery nursery;
    for (int i = 0; i < 3; i++) nursery.spawn(holds(mutex, until, inside));
    run_ready();
    EXPECT_EQ(inside, 1);
    until.set();
    run_ready();
    EXPECT_EQ(nursery.running(), 0u);
}

TEST(Sync, closing_a_gate_waits_for_those_inside) {
    Gate gate;
    auto pass = gate.enter();
    ASSERT_TRUE(pass.has_value());
    Nursery nursery;
    bool closed = false;
    auto close = [](Gate& gate, bool& closed) -> Task<> {
        co_await gate.close();
        closed = true;
    };
    nursery.spawn(close(gate, closed));
    run_ready();
    EXPECT_FALSE(closed);
    EXPECT_FALSE(gate.enter().has_value());
    {
        auto leave = std::move(*pass);
    }
    run_ready();
    EXPECT_TRUE(closed);
}

}  // namespace
}  // namespace strait
