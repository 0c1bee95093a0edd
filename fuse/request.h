// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One request of the kernel, from its arrival to its one answer. An answer that is never given is
// EIO. Its scope stops when the caller is being killed: a caller that may go on is never told
// EINTR by a call that POSIX does not let fail so, except where it waits for a lock.

#include "base/result.h"
#include "base/stop.h"
#include "base/task.h"
#include "fuse/library.h"
#include "vfs/credential.h"

namespace strait::fuse {

class Bridge;

class Request {
  public:
    Request(Bridge& bridge, fuse_req_t raw);
    ~Request();
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;

    Bridge& bridge() const { return bridge_; }
    const vfs::CredentialRef& as() const { return as_; }
    pid_t pid() const { return pid_; }
    const Scope& scope() const { return scope_; }

    // For the one answer: fuse_reply_...(request.answer(), ...).
    fuse_req_t answer();
    bool answered() const { return raw_ == nullptr; }
    void ok() { fuse_reply_err(answer(), 0); }
    void fail(Error error);

    // Any signal ends it (a wait for a lock).
    void any_signal_ends_it() { any_signal_ = true; }
    // Nobody asks for its end when its caller is killed (the flush of an exiting process does not
    // hear signals): it is looked after from the start.
    void look_after();
    // Errc::interrupted, when the caller is on its way out.
    void end_if_dying();
    void stop(Errc reason) { source_.request_stop(reason); }

  private:
    static void interrupted(fuse_req_t raw, void* self);

    Bridge& bridge_;
    fuse_req_t raw_;
    const pid_t pid_;
    const vfs::CredentialRef as_;
    StopSource source_;
    Scope scope_{never, &source_};
    bool any_signal_ = false;
    bool watched_ = false;
};

// The number that the kernel is told.
int errno_of(Error error);

}  // namespace strait::fuse
