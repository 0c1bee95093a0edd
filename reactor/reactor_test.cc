// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/reactor.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <random>
#include <string>

#include "reactor/descriptor.h"
#include "reactor/test_support.h"

namespace strait {
namespace {

using Loop = ReactorTest;
STRAIT_BOTH_BACKENDS(Loop);

Task<int> seven() { co_return 7; }
Task<int> fails() { co_return Errc::stale; }

TEST_P(Loop, blocking_on_a_task_returns_its_outcome) {
    EXPECT_EQ(run(seven()).value(), 7);
    EXPECT_EQ(run(fails()).error().code, Errc::stale);
    EXPECT_EQ(Reactor::current(), loop.get());
}

TEST_P(Loop, the_backend_is_the_one_asked_for) { EXPECT_EQ(loop->backend_kind(), GetParam()); }

TEST_P(Loop, each_thread_has_a_loop_of_its_own) {
    ReactorOptions options;
    options.backend = GetParam();
    std::jthread([&] {
        EXPECT_EQ(Reactor::current(), nullptr);
        auto other = Reactor::create(options).value();
        EXPECT_EQ(other->block_on(other->sleep_for(1ms)).has_value(), true);
        EXPECT_EQ(Reactor::current(), other.get());
    });
    EXPECT_EQ(Reactor::current(), loop.get());
}

TEST(Reactor, an_idle_loop_moves_to_another_thread_and_back) {
    auto loop = Reactor::create({.backend = BackendKind::epoll}).value();
    loop->leave_thread();
    EXPECT_EQ(Reactor::current(), nullptr);
    std::jthread([&] {
        loop->enter_thread();
        EXPECT_EQ(loop->block_on(loop->sleep_for(1ms)).has_value(), true);
        loop->leave_thread();
    }).join();
    loop->enter_thread();
    EXPECT_EQ(Reactor::current(), loop.get());
    EXPECT_EQ(loop->block_on(loop->sleep_for(1ms)).has_value(), true);
}

Task<> note_after(Reactor& loop, MonoTime when, int name, std::vector<int>& order) {
    co_await loop.sleep_until(when);
    EXPECT_GE(MonoClock::now(), when);
    order.push_back(name);
}

TEST_P(Loop, sleepers_wake_in_the_order_of_their_times_not_before_them) {
    std::vector<int> order;
    Nursery sleepers;
    MonoTime start = MonoClock::now();
    for (int name : {3, 1, 4, 2, 0})
        sleepers.spawn(note_after(*loop, start + name * 2ms, name, order));
    (void)run(sleepers.close());
    EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
    EXPECT_EQ(loop->timers().size(), 0u);
}

TEST_P(Loop, a_stop_ends_a_sleep) {
    Result<> outcome;
    Nursery sleepers;
    sleepers.spawn(keep(loop->sleep_until(never), outcome));
    sleepers.stop(Errc::interrupted);
    (void)run(sleepers.close());
    EXPECT_EQ(outcome.error().code, Errc::interrupted);
    EXPECT_EQ(loop->timers().size(), 0u);
}

TEST_P(Loop, a_deadline_stops_what_takes_longer) {
    auto slow = loop->with_deadline(loop->sleep_for(1h), MonoClock::now() + 2ms);
    EXPECT_EQ(run(std::move(slow)).error().code, Errc::timedout);
    auto quick = loop->with_deadline(seven(), MonoClock::now() + 1h);
    EXPECT_EQ(run(std::move(quick)).value(), 7);
    EXPECT_EQ(loop->timers().size(), 0u);
}

TEST_P(Loop, an_outer_deadline_holds_inside_a_later_inner_one) {
    MonoTime now = MonoClock::now();
    auto inner = loop->with_deadline(loop->sleep_for(1h), now + 30min);
    EXPECT_EQ(run(loop->with_deadline(std::move(inner), now + 2ms)).error().code, Errc::timedout);
}

TEST_P(Loop, spawned_tasks_are_stopped_with_the_loop) {
    Result<> outcome;
    loop->spawn(keep(loop->sleep_until(never), outcome));
    loop.reset();
    EXPECT_EQ(outcome.error().code, Errc::cancelled);
}

TEST_P(Loop, mail_from_several_threads_arrives_once_and_in_each_ones_order) {
    constexpr int senders = 4;
    constexpr int letters = 5000;
    std::vector<int> next(senders);
    int came = 0;
    std::vector<std::jthread> threads;
    for (int sender = 0; sender < senders; sender++)
        threads.emplace_back([&, sender] {
            for (int i = 0; i < letters; i++)
                loop->post([&, sender, i] {
                    EXPECT_EQ(next[sender], i);
                    next[sender]++;
                    if (++came == senders * letters) loop->stop();
                });
        });
    loop->run();
    EXPECT_EQ(came, senders * letters);
}

TEST_P(Loop, loops_on_two_threads_wake_each_other) {
    // A ball goes back and forth: each throw finds the other loop asleep or about to be.
    constexpr int throws = 2000;
    ReactorOptions options;
    options.backend = GetParam();
    std::atomic<Reactor*> other{nullptr};
    std::jthread thread([&] {
        auto second = Reactor::create(options).value();
        other = second.get();
        other.notify_one();
        second->run();
    });
    other.wait(nullptr);
    int count = 0;
    struct Ball {
        Reactor& home;
        Reactor& away;
        int& count;
        void serve() {
            away.post([this] { home.post([this] { back(); }); });
        }
        void back() {
            if (++count < throws) return serve();
            away.stop();
            home.stop();
        }
    } ball{*loop, *other, count};
    ball.serve();
    loop->run();
    EXPECT_EQ(count, throws);
}

TEST_P(Loop, a_stop_before_run_counts) {
    loop->stop();
    loop->run();
}

bool readable_now(int fd, int wait_ms) {
    pollfd one{fd, POLLIN, 0};
    return ::poll(&one, 1, wait_ms) == 1;
}

TEST_P(Loop, a_foreign_loop_is_told_of_timers_mail_and_descriptors) {
    int fd = loop->pollable_fd().value();
    Descriptor outer(::epoll_create1(EPOLL_CLOEXEC));
    epoll_event event{EPOLLIN, {}};
    ASSERT_EQ(::epoll_ctl(outer.get(), EPOLL_CTL_ADD, fd, &event), 0);
    Descriptor bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    Result<> slept = fail(Errc::io);
    Result<short> rung = fail(Errc::io);
    bool posted = false;
    auto foreign_loop_until = [&](auto done) {
        loop->poll(MonoTime::min());
        while (!done()) {
            epoll_event came;
            int count = ::epoll_wait(outer.get(), &came, 1, 10'000);
            ASSERT_TRUE(count == 1 || errno == EINTR);
            loop->poll(MonoTime::min());
        }
    };
    Nursery waits;
    waits.spawn(keep(loop->sleep_for(3ms), slept));
    foreign_loop_until([&] { return slept.has_value(); });
    waits.spawn(keep(loop->poll_fd(bell.get(), POLLIN), rung));
    loop->poll(MonoTime::min());
    EXPECT_FALSE(readable_now(fd, 0));
    uint64_t one = 1;
    ASSERT_EQ(::write(bell.get(), &one, sizeof(one)), 8);
    foreign_loop_until([&] { return rung.has_value(); });
    loop->poll(MonoTime::min());
    std::jthread thread([&] { loop->post([&] { posted = true; }); });
    foreign_loop_until([&] { return posted; });
    EXPECT_EQ(loop->pollable_fd().value(), fd);
    (void)run(waits.close());
}

TEST_P(Loop, waiting_for_a_foreign_descriptor_tells_what_is_the_case) {
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    Descriptor in(ends[0]);
    Descriptor out(ends[1]);
    EXPECT_EQ(run(loop->poll_fd(out.get(), POLLOUT)).value(), POLLOUT);
    for (int i = 0; i < 3; i++) {
        ASSERT_EQ(::write(out.get(), "x", 1), 1);
        EXPECT_EQ(run(loop->poll_fd(in.get(), POLLIN)).value(), POLLIN);
        char byte;
        ASSERT_EQ(::read(in.get(), &byte, 1), 1);
    }
    out.close();
    EXPECT_TRUE(run(loop->poll_fd(in.get(), POLLIN)).value() & POLLHUP);
}

TEST_P(Loop, two_may_wait_for_one_foreign_descriptor_and_stops_end_each_alone) {
    Descriptor bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    Result<short> first = fail(Errc::io);
    Result<short> second = fail(Errc::io);
    Nursery stopped;
    Nursery kept;
    stopped.spawn(keep(loop->poll_fd(bell.get(), POLLIN), first));
    kept.spawn(keep(loop->poll_fd(bell.get(), POLLIN), second));
    loop->poll(MonoTime::min());
    stopped.stop();
    (void)run(stopped.close());
    EXPECT_EQ(first.error().code, Errc::cancelled);
    uint64_t one = 1;
    ASSERT_EQ(::write(bell.get(), &one, sizeof(one)), 8);
    (void)run(kept.close());
    EXPECT_EQ(second.value(), POLLIN);
}

TEST_P(Loop, a_bad_descriptor_is_an_error) {
    EXPECT_EQ(run(loop->poll_fd(1 << 20, POLLIN)).error().code, Errc::badf);
}

TEST_P(Loop, blocking_work_runs_beside_the_loop) {
    std::thread::id where;
    (void)run(loop->run_blocking([&] { where = std::this_thread::get_id(); }));
    EXPECT_NE(where, std::this_thread::get_id());
}

TEST(ReactorChoice, the_environment_overrides_automatic_choice_only) {
    ::setenv("STRAIT_REACTOR", "epoll", 1);
    EXPECT_EQ(Reactor::create().value()->backend_kind(), BackendKind::epoll);
    ReactorOptions options;
    options.backend = BackendKind::uring;
    auto asked = Reactor::create(options);
    if (asked) {
        EXPECT_EQ((*asked)->backend_kind(), BackendKind::uring);
        asked->reset();
    }
    ::unsetenv("STRAIT_REACTOR");
}

struct NotingTimer final : Timer {
    explicit NotingTimer(std::vector<int>& out, int number) : order(out), name(number) {}
    void on_timer() noexcept override { order.push_back(name); }
    std::vector<int>& order;
    int name;
};

TEST(TimerHeap, timers_fire_by_time_then_by_arming_and_the_disarmed_never) {
    std::minstd_rand random(3);
    std::vector<int> order;
    std::vector<std::unique_ptr<NotingTimer>> timers;
    TimerHeap heap;
    MonoTime start{};
    std::vector<std::pair<int, int>> expected;
    for (int i = 0; i < 1000; i++) {
        int when = static_cast<int>(random() % 100);
        timers.push_back(std::make_unique<NotingTimer>(order, i));
        heap.arm(*timers.back(), start + when * 1ms);
        if (i % 7 == 3) {
            timers.back()->disarm();
        } else {
            expected.emplace_back(when, i);
        }
    }
    std::sort(expected.begin(), expected.end());
    EXPECT_EQ(heap.next(), start + expected[0].first * 1ms);
    EXPECT_EQ(heap.fire(start + 1s), expected.size());
    ASSERT_EQ(order.size(), expected.size());
    for (size_t i = 0; i < order.size(); i++) EXPECT_EQ(order[i], expected[i].second);
    EXPECT_EQ(heap.next(), never);
}

}  // namespace
}  // namespace strait
