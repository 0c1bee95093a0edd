// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Cancellation within one core: a StopSource tells its callbacks, once, why to stop (cancelled,
// timedout, interrupted). Not thread-safe; a stop from another core travels by mail.

#include "base/errc.h"

namespace strait {

class StopSource;

// Runs on_stop(reason) when the source stops, unless destroyed or removed before. Intrusive: never
// allocates.
class StopCallback {
  public:
    StopCallback() = default;
    StopCallback(const StopCallback&) = delete;
    StopCallback& operator=(const StopCallback&) = delete;
    virtual ~StopCallback() { remove(); }
    void remove() noexcept;

  protected:
    virtual void on_stop(Errc reason) noexcept = 0;

  private:
    friend class StopSource;
    StopSource* source_ = nullptr;
    StopCallback* next_ = nullptr;
    StopCallback** link_ = nullptr;
};

class StopSource {
  public:
    StopSource() = default;
    StopSource(const StopSource&) = delete;
    StopSource& operator=(const StopSource&) = delete;
    ~StopSource();

    bool stopped() const noexcept { return reason_ != Errc::ok; }
    Errc reason() const noexcept { return reason_; }
    // The first request counts; callbacks may remove themselves or others.
    void request_stop(Errc reason = Errc::cancelled) noexcept;
    // Registers a callback; the caller checks stopped() first.
    void add(StopCallback& callback) noexcept;

  private:
    Errc reason_ = Errc::ok;
    StopCallback* head_ = nullptr;
};

}  // namespace strait
