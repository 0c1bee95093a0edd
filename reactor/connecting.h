// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The steps that TCP and Unix sockets share on their way to being connected or listening.

#include "reactor/address.h"
#include "reactor/socket.h"

namespace strait::reactor {

// Connects a fresh non-blocking socket and brings it into the loop.
Task<Ref<Socket>> connect_socket(Reactor& reactor, Descriptor fd, Address address);
// Returns the address in fact bound.
Result<Address> bind_and_listen(int fd, const Address& address, int backlog);

}  // namespace strait::reactor
