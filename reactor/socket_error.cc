// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/socket_error.h"

#include <cerrno>

namespace strait::reactor {

namespace {

Errc socket_errc(int number) noexcept {
    switch (number) {
        case EADDRINUSE:
            return Errc::busy;
        case EADDRNOTAVAIL:
            return Errc::nxio;
        case ENETUNREACH:
        case ENETDOWN:
        case EHOSTDOWN:
            return Errc::hostunreach;
        case ECONNABORTED:
        case ENETRESET:
            return Errc::connreset;
        case ENOTCONN:
        case ESHUTDOWN:
            return Errc::closed;
        default:
            return from_errno(number);
    }
}

}  // namespace

Error socket_error(int number) noexcept {
    return Error{socket_errc(number), Domain::posix, static_cast<uint32_t>(number)};
}

AcceptFailure classify_accept(int number) noexcept {
    switch (number) {
        case EMFILE:
        case ENFILE:
        case ENOBUFS:
        case ENOMEM:
            return AcceptFailure::exhausted;
        case EINVAL:
        case EBADF:
        case ENOTSOCK:
        case EOPNOTSUPP:
        case ECANCELED:
            return AcceptFailure::ended;
        default:  // accept(2): errors of the waiting connection's own are passed on here
            return AcceptFailure::skip;
    }
}

}  // namespace strait::reactor
