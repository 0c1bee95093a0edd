// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Ends the requests of callers that are being killed. The kernel says once that a caller has a
// signal, not which, nor whether another came later: so /proc is asked until the request has ended.

#include <sys/types.h>

#include <vector>

#include "reactor/reactor.h"

namespace strait::fuse {

class Request;

// Whether this thread has a SIGKILL pending, was killed by a signal and is exiting, or is gone.
// Unknown (0, a caller in another container): yes.
bool is_dying(pid_t thread);

class Watch {
  public:
    explicit Watch(Reactor& reactor) : reactor_(reactor) {}
    void add(Request& request);
    void remove(Request& request);
    Task<> close();

  private:
    static constexpr Duration pause = 100ms;
    Task<> look();

    Reactor& reactor_;
    std::vector<Request*> requests_;
    bool looking_ = false;
    Nursery nursery_;
};

}  // namespace strait::fuse
