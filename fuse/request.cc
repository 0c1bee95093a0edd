// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/request.h"

#include <cerrno>

#include "fuse/bridge.h"
#include "fuse/watch.h"

namespace strait::fuse {

Request::Request(Bridge& bridge, fuse_req_t raw)
    : bridge_(bridge), raw_(raw), pid_(fuse_req_ctx(raw)->pid), as_(bridge.callers().of(raw)) {
    fuse_req_interrupt_func(raw, interrupted, this);
}

Request::~Request() {
    if (watched_) bridge_.watch().remove(*this);
    if (raw_) fuse_reply_err(answer(), EIO);
}

fuse_req_t Request::answer() {
    fuse_req_interrupt_func(raw_, nullptr, nullptr);
    return std::exchange(raw_, nullptr);
}

void Request::fail(Error error) { fuse_reply_err(answer(), errno_of(error)); }

// Called within the loop, when it reads the kernel's word.
void Request::interrupted(fuse_req_t, void* self) {
    auto& request = *static_cast<Request*>(self);
    if (request.any_signal_) return request.stop(Errc::interrupted);
    request.end_if_dying();
    if (!request.source_.stopped()) request.look_after();
}

void Request::look_after() {
    if (watched_) return;
    watched_ = true;
    bridge_.watch().add(*this);
}

void Request::end_if_dying() {
    if (is_dying(pid_)) stop(Errc::interrupted);
}

int errno_of(Error error) {
    switch (error.code) {
        case Errc::cancelled:
        case Errc::interrupted:
            return EINTR;
        // What is wrong with the server, or with the way to it, is no matter of this file.
        case Errc::timedout:
        case Errc::closed:
        case Errc::connrefused:
        case Errc::connreset:
        case Errc::hostunreach:
            return EIO;
        default:
            return to_errno(error.code);
    }
}

}  // namespace strait::fuse
