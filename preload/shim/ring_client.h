// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The shim's side of the ring: one Call is one request to the agent. The process connects at its
// first Call and keeps no descriptor. No lock is held while a Call waits; a signal handler may make
// Calls of its own meanwhile. After a fork the child finds itself unconnected.

#include <errno.h>

#include "wire/shm/ring.h"

namespace strait::preload {

struct Open;
struct Where;

class Call {
  public:
    // Takes a slot, waiting while none is free. Without an agent error() says why.
    explicit Call(shm::Op op) noexcept;
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

    int error() const noexcept { return error_; }
    shm::Request& request() noexcept { return *request_; }
    const shm::Reply& reply() const noexcept { return *reply_; }
    unsigned char* window() noexcept { return window_; }

    Call& on(Open& open) noexcept;
    Call& on2(Open& open) noexcept;
    Call& at(const Where& where, bool follow) noexcept;
    Call& at2(const Where& where, bool follow) noexcept;
    Call& on_mapping(uint64_t mapping, uint64_t instance) noexcept;
    Call& text2(const char* text) noexcept;  // a plain string in the second path's place

    // Sends it and waits for the reply; returns 0 or an errno value. EIO: the agent is gone.
    int run() noexcept;
    // The same at a path: when that leads out of all mounts, it is noted in `where` and EXDEV
    // returned.
    int run(Where& where) noexcept;
    // The same for a request that may wait for long: a signal whose handler was installed without
    // SA_RESTART ends it with EINTR.
    int run_interruptibly() noexcept;
    // Sends it; nobody waits. Not `soon`: an agent that sleeps finds it with what comes next.
    void post(bool soon = true) noexcept;
    // After the reply: the slot is the open's, until it gives it back. False: too many are kept.
    bool keep_slot(Open& open) noexcept;

  private:
    int finish(bool answered) noexcept;
    int copy_name(char* out, uint32_t& bytes, const Where& where) noexcept;
    struct Link* link_ = nullptr;
    shm::Request* request_ = nullptr;
    shm::Reply* reply_ = nullptr;
    unsigned char* window_ = nullptr;
    Open* told_ = nullptr;  // the open whose position the request tells
    size_t slot_ = 0;
    int error_ = 0;
};

void give_kept_slot(struct Link& link, uint32_t slot) noexcept;

// errno = error and -1; what a hook returns on failure.
inline int failed(int error) noexcept {
    errno = error;
    return -1;
}
inline int done(int error) noexcept { return error == 0 ? 0 : failed(error); }

// Waits: 0, or EINTR as run_interruptibly().
int pause_interruptibly(long pause_ms) noexcept;

// Whether this process has a ring by now.
bool connected() noexcept;
// The agent's life that the ring belongs to; 0 without one.
uint64_t agent_instance() noexcept;
// The ticket under which the next connection claims what the parent held.
void set_ticket(uint64_t ticket) noexcept;

}  // namespace strait::preload
