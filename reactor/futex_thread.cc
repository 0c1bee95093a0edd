// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/futex_thread.h"

#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/ref.h"
#include "base/sync.h"
#include "reactor/helpers.h"
#include "reactor/reactor.h"

namespace strait::reactor {

namespace {

constexpr int sys_futex_waitv = 449;
constexpr uint32_t futex_32_shared = 2;  // FUTEX2_SIZE_U32
constexpr uint32_t futex_32_private = 2 | FUTEX_PRIVATE_FLAG;
struct WaitVector {  // struct futex_waitv
    uint64_t value;
    uint64_t address;
    uint32_t flags;
    uint32_t reserved;
};

// A wait on the caller's word and on one of our own, by which a stop calls it off. Where the kernel
// knows no wait on two words (before 5.16, or a seccomp filter), the helper looks at its own word
// every so often.
class FutexCall final : public RefCounted, public Mail {
  public:
    FutexCall(std::atomic<uint32_t>* word, uint32_t expected) : word_(word), expected_(expected) {}

    void start(Reactor& reactor) {
        add_ref();  // until delivered
        reactor.helpers().run([this, &reactor] {
            while (called_off_.load() == 0 && word_->load() == expected_ && wait_once()) {
            }
            reactor.post(*this);
        });
    }
    Event& done() noexcept { return done_; }
    void call_off() noexcept {
        called_off_.store(1);
        ::syscall(SYS_futex, &called_off_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
    }

  private:
    // False when woken, or the word has changed.
    bool wait_once() {
        WaitVector both[2] = {{expected_, reinterpret_cast<uint64_t>(word_), futex_32_shared, 0},
                              {0, reinterpret_cast<uint64_t>(&called_off_), futex_32_private, 0}};
        if (::syscall(sys_futex_waitv, both, 2, 0, nullptr, CLOCK_MONOTONIC) >= 0) return false;
        if (errno != ENOSYS && errno != EPERM) return errno == EINTR;
        timespec slice{0, 10'000'000};
        if (::syscall(SYS_futex, word_, FUTEX_WAIT, expected_, &slice, nullptr, 0) == 0)
            return false;
        return errno == ETIMEDOUT || errno == EINTR;
    }
    void deliver() noexcept override {
        done_.set();
        drop_ref();
    }

    std::atomic<uint32_t>* word_;
    uint32_t expected_;
    std::atomic<uint32_t> called_off_{0};
    Event done_;
};

}  // namespace

Task<> futex_wait_on_thread(Reactor& reactor, std::atomic<uint32_t>* word, uint32_t expected) {
    if (word->load() != expected) co_return;
    auto call = make_ref<FutexCall>(word, expected);
    call->start(reactor);
    auto outcome = co_await call->done().wait().result();
    if (outcome) co_return;
    // The helper still looks at the caller's word: it must have let go before the caller may end
    // it.
    call->call_off();
    static constexpr Scope unstoppable{};
    co_await call->done().wait().within(unstoppable);
    co_await outcome.error();
}

}  // namespace strait::reactor
