// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The two mappings that the agent shares with programs: a ring, made by the program and never
// trusted, and the doorbell, made by the agent.

#include "base/ref.h"
#include "base/result.h"
#include "reactor/descriptor.h"
#include "wire/shm/ring.h"

namespace strait::preload {

// A program's ring. Mapped only when it can neither shrink nor grow under us.
class RingMemory final : public RefCounted {
  public:
    // Errc::inval: not a sealed memfd of a ring's size.
    static Result<Ref<RingMemory>> map(const Descriptor& memfd);
    ~RingMemory() override;
    shm::Ring& ring() noexcept { return *ring_; }

  private:
    explicit RingMemory(shm::Ring* ring) noexcept : ring_(ring) {}
    shm::Ring* ring_;
};

class DoorbellMemory {
  public:
    DoorbellMemory() = default;
    // Fills the bell: this process, a new random instance.
    static Result<DoorbellMemory> create();
    DoorbellMemory(DoorbellMemory&& other) noexcept
        : memfd_(std::move(other.memfd_)), bell_(std::exchange(other.bell_, nullptr)) {}
    DoorbellMemory& operator=(DoorbellMemory&& other) noexcept {
        std::swap(memfd_, other.memfd_);
        std::swap(bell_, other.bell_);
        return *this;
    }
    ~DoorbellMemory();
    // Tells all programs that this agent ends: they make no more requests.
    void say_closed() noexcept;
    shm::Doorbell& bell() noexcept { return *bell_; }
    int memfd() const noexcept { return memfd_.get(); }

  private:
    Descriptor memfd_;
    shm::Doorbell* bell_ = nullptr;
};

}  // namespace strait::preload
