// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One RPC on its way. It owns the whole encoded record, so that it can be sent again after a lost
// connection, whatever became of the coroutine that asked for it.

#include "base/buffer.h"
#include "base/ref.h"
#include "base/result.h"
#include "base/sync.h"
#include "base/time.h"

namespace strait::client::nfs4 {

class Link;

class Call : public RefCounted {
  public:
    uint32_t xid = 0;
    BufferChain record;     // with its record mark
    BufferChain reply;      // the RPC message that answered it
    Error error{Errc::ok};  // why no reply will come
    MonoTime begun{};       // when it was first handed to a connection
    uint32_t sends = 0;
    bool ended = false;

    // The reply is there, or the error. Called once, by the transport, never from inside submit().
    virtual void completed() noexcept = 0;

  private:
    friend class Transport;
    friend class Link;
    Link* link_ = nullptr;  // where it was sent
    bool pinned_ = false;   // to be sent on this connection or not at all
};

// A call that a coroutine waits for.
class WaitedCall final : public Call {
  public:
    void completed() noexcept override { done.set(); }
    Event done;
};

}  // namespace strait::client::nfs4
