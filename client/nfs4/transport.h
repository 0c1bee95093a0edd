// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The connections of one mount: calls out, replies matched by xid, connections made again after
// they were lost, with growing pauses. A call is sent again only when the connection it was sent on
// is gone (RFC 8881 section 2.9.2), as the same bytes: the same slot and sequence number.
//
// Who uses it decides what a new connection needs before calls may travel on it (Handler).

#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "client/nfs4/call.h"
#include "client/options.h"
#include "client/trace.h"
#include "client/url.h"
#include "reactor/tcp.h"

namespace strait::client::nfs4 {

class Transport;

// One connection, through all its lives.
class Link {
  public:
    explicit Link(Transport& owner) noexcept : owner_(owner) {}
    bool up() const noexcept { return up_; }
    // Ends this life of the connection; another follows.
    void drop(Error why) noexcept;
    // Sends a record that expects no reply (an answer to the server's own calls).
    void send(const BufferChain& record);

  private:
    friend class Transport;
    Task<> send_loop();
    Task<> receive_loop();

    Transport& owner_;
    TcpStream stream_;
    std::deque<BufferChain> out_;
    Event has_output_;
    bool sending_ = false;  // send_loop() is in the middle of something
    Event ended_;
    Error why_{Errc::connreset};
    ptrdiff_t in_flight_ = 0;
    bool open_ = false;  // connected: pinned calls may go
    bool up_ = false;    // all calls may go
};

class Transport {
  public:
    class Handler {
      public:
        virtual ~Handler() = default;
        // A connection was made again, or is an additional one: makes it fit for calls (pinned ones
        // go already). An error drops the connection.
        virtual Task<> prepare(Link& link) = 0;
        // The server called us: `record` is the RPC message.
        virtual void called(Link& link, BufferChain record) noexcept = 0;
    };

    Transport(Reactor& reactor, Handler& handler, const Url& url, const MountOptions& options,
              TraceSink* trace);
    ~Transport();

    // Makes the first connection; without Handler::prepare. Errc::noent: no such host;
    // connrefused, hostunreach, timedout.
    Task<> open();
    // Adds connections up to options.connections, and keeps them all.
    void widen();
    // Ends everything: calls under way end with Errc::closed.
    Task<> close();

    // Room in the table of calls: sets call.xid. The record is encoded with it.
    void enlist(Call& call);
    // enlist() undone, for a call that will not be submitted.
    void forget(Call& call) noexcept;
    // Sends it now, or when a connection is up.
    void submit(Ref<Call> call);
    // For a call that has just been answered `not yet`: the same record under a new xid, after
    // `pause`, or as soon as a connection is made again.
    void send_again(Ref<Call> call, Duration pause);
    // Sends it on this connection or fails it.
    void submit_on(Link& link, Ref<Call> call);
    // Drops every connection, so that all is sent again.
    void drop_all(Error why) noexcept;
    // Ends a call whose reply is not wanted any more because its session is gone.
    void abandon(Call& call, Error why) noexcept;

    const std::string& server() const noexcept { return server_; }
    // A connection that is up, or null.
    Link* any_link() noexcept { return best_link(); }

  private:
    friend class Link;
    Task<TcpStream> connect_once();
    Task<> keep(Link& link);
    Task<> live(Link& link, bool prepared);
    Task<> reconnect(Link& link);
    Task<> send_later(Ref<Call> call, Duration pause);
    void send_on(Link& link, Call& call);
    void move_calls(Link& from);
    void fail_pinned(Link& link) noexcept;
    void deliver(Link& link, BufferChain record) noexcept;
    void finish(Call& call, Error error) noexcept;
    Link* best_link() noexcept;

    Reactor& reactor_;
    Handler& handler_;
    const MountOptions& options_;
    TraceSink* trace_;
    std::string host_;
    std::string server_;
    std::vector<Address> addresses_;
    size_t next_address_ = 0;
    std::vector<std::unique_ptr<Link>> links_;
    // A call's place is the low half of its xid; the high half tells its successors apart.
    std::vector<Ref<Call>> calls_;
    std::vector<uint16_t> free_places_;
    uint16_t generation_ = 0;
    Nursery nursery_;
    bool closed_ = false;
};

}  // namespace strait::client::nfs4
