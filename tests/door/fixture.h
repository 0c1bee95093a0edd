// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The ring door over a memory volume on a thread of its own, and a program that speaks the ring's
// protocol without the shim, as rightly or wrongly as a test wants.

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>

#include "preload/door/door.h"
#include "reactor/descriptor.h"
#include "vfs/step_backend.h"
#include "wire/shm/ring.h"

namespace strait::preload {

class DoorThread {
  public:
    DoorThread();
    ~DoorThread();
    const std::string& socket() const { return socket_; }
    // Counted on the door's own thread.
    size_t open_files();
    size_t programs();
    size_t calls(shm::Op op);

  private:
    void serve();
    Task<> serve_door();
    size_t ask(std::function<size_t()> question);

    std::string folder_, socket_;
    std::unique_ptr<vfs::Store> store_;
    std::unique_ptr<vfs::StepBackend> volume_;
    std::unique_ptr<Reactor> reactor_;
    std::unique_ptr<RingDoor> door_;
    StopSource stop_;
    std::thread thread_;
};

// What a program shows at the door.
struct Greeting {
    uint32_t magic = shm::magic;
    uint32_t version = shm::version;
    uint64_t ring_bytes = sizeof(shm::Ring);
    bool sealed = true;
    uint64_t ticket = 0;
    uint32_t holds = 0;
};

class Program {
  public:
    // The errno value of the refusal, or 0. EPIPE: the door hung up.
    int connect(const std::string& socket, Greeting greeting = {});
    shm::Ring& ring() { return *ring_; }
    shm::Doorbell& bell() { return *bell_; }
    uint32_t number() const { return number_; }

    // An empty request in `slot`.
    shm::Request& request(shm::Op op, size_t slot = 0);
    void path(const char* text, size_t slot = 0);
    // An exclusive lock of the whole file; `how`: more flags of shm::lock_*.
    void request_lock(uint64_t token, uint32_t how, size_t slot = 0);
    void submit(size_t slot = 0);
    void wake_door();
    const shm::Reply& wait(size_t slot = 0);
    // Both; returns the reply's errno.
    int call(size_t slot = 0);

    uint64_t open(const char* path, uint32_t flags);

  private:
    shm::Ring* ring_ = nullptr;
    shm::Doorbell* bell_ = nullptr;
    uint32_t number_ = 0;
};

}  // namespace strait::preload
