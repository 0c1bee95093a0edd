// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Many small tasks at once, at most so many. A stop of the caller's scope reaches all of them.
// Between the first run() and finish() the owner awaits nothing that may fail: run() never does.

#include "base/sync.h"

namespace strait::tool {

class Parallel {
  public:
    explicit Parallel(size_t at_once) : room_(at_once) {}

    // Waits for room, then starts it; drops it when the scope has stopped.
    Task<> run(Task<> task);
    // Waits for all; the error is the scope's, or that of the first task that failed.
    Task<> finish();

  private:
    Task<> one(Task<> task, const Scope& scope);
    Semaphore room_;
    Nursery nursery_;
    Error first_error_{Errc::ok};
};

}  // namespace strait::tool
