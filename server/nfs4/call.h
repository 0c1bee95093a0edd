// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One COMPOUND under way: who sent it, and the session it runs in.

#include "server/caller.h"
#include "server/nfs4/session.h"

namespace strait::server::nfs4 {

class Service;

struct Call {
    Service& service;
    const Caller& caller;
    uint32_t minor = 0;
    Ref<Session> session;  // null for the operations that need none
    slotid4 slot = 0;
    // Bytes that the reply may still take; kept up to date before each result is finished.
    size_t reply_room = ~size_t{0};

    Client& client() const { return session->client(); }
    SharedStates& states() const { return session->client().states; }
    Principal principal() const { return {caller.flavor, caller.uid}; }
};

}  // namespace strait::server::nfs4
