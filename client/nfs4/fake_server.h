// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A server for the client's tests in which the fault itself is the subject: it keeps sessions and a
// reply cache as a server must, does next to nothing, and goes wrong on demand. In the same reactor
// as the client under test.

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "reactor/reactor.h"
#include "reactor/tcp.h"
#include "wire/nfs4/compound.h"
#include "wire/nfs4/ops.h"

namespace strait::client::nfs4 {

class FakeServer {
  public:
    // What becomes of a compound that has come.
    struct Fate {
        bool run = true;            // else nothing is done and nothing is answered
        bool answer = true;         // else it is done, and the reply is lost
        bool hang_up = false;       // the connection ends after it
        bool twice = false;         // the reply comes twice
        bool wrong_xid = false;     // a reply nobody asked for comes first
        size_t cut_reply = 0;       // bytes missing at its end
        bool garbage = false;       // instead of the reply
        Event* wait_for = nullptr;  // before the reply
    };
    // One compound, as it came.
    struct Seen {
        std::string operations;  // "SEQUENCE PUTFH READ"
        uint32_t xid = 0;
        uint32_t slot = 0, sequence = 0;
        bool cache_this = false;
        uint32_t connection = 0;
    };

    explicit FakeServer(Reactor& reactor);
    ~FakeServer();
    std::string url(std::string_view options = "") const;

    // Forgets sessions; `clients` too, with all state: a restart.
    void forget(bool clients);
    // Ends every connection.
    void hang_up();
    // Sends a callback on the newest connection; `answered` is set when something comes back.
    void call_back(uint32_t procedure, std::function<void(wire::nfs4::CompoundCall&)> operations);
    // Waits until `count` compounds with this operation have come.
    Task<> until_seen(std::string operation, size_t count = 1);
    size_t seen_with(std::string_view operation) const;
    uint32_t done(wire::nfs4::nfs_opnum4 op) const;  // how often it was carried out

    // Chosen by the test.
    uint32_t highest_minor = 2;
    uint32_t slots = 8, operations = 64, response = 1u << 20;
    uint32_t lease_time = 90;
    bool refuse_reclaim = false;
    std::string name;              // as it tells in EXCHANGE_ID
    bool verifiers_apart = false;  // exclusive creates may set times
    size_t short_by = 0;  // READ and WRITE do that much less than asked, when that leaves something
    uint32_t still_running = 0;  // so many resends are told NFS4ERR_DELAY, as if the first one ran
    size_t read_more = 0;        // READ gives more than asked
    std::function<Fate(const Seen&)> fate;
    std::function<void()> after;  // once, when the next compound has been carried out
    // The status of an operation, before it is carried out.
    std::function<wire::nfs4::nfsstat4(const wire::nfs4::nfs_argop4&)> status;

    // What was noted.
    std::vector<Seen> seen;
    std::vector<wire::nfs4::open_claim_type4> claims;
    std::vector<bool> lock_reclaims;
    std::vector<BufferChain> answers;  // to call_back
    Event came;                        // set at each compound and answer

  private:
    struct Slot {
        uint32_t sequence = 0;
        Buffer request;     // behind the RPC head
        BufferChain reply;  // the same
    };
    struct Connection {
        TcpStream stream;
        uint32_t number = 0;
    };
    Task<> accept();
    Task<> serve(TcpStream stream);
    Task<bool> answer(TcpStream& stream, BufferChain record, uint32_t number);
    BufferChain run(wire::xdr::Reader& in, Seen& seen);
    void run_compound(wire::xdr::Reader& in, wire::nfs4::CompoundHead& head,
                      wire::nfs4::CompoundReply& reply, Seen& seen, wire::nfs4::nfsstat4& status);
    wire::nfs4::nfsstat4 run_one(const wire::nfs4::nfs_argop4& op,
                                 wire::nfs4::CompoundReply& reply);
    wire::nfs4::nfsstat4 run_sequence(const wire::nfs4::SEQUENCE4args& args,
                                      wire::nfs4::CompoundReply& reply, Seen& seen);

    Reactor& reactor_;
    TcpListener listener_;
    Nursery nursery_;
    std::vector<TcpStream*> streams_;
    uint32_t connections_ = 0;
    uint64_t client_ = 0;  // 0: none
    bool confirmed_ = false;
    uint64_t clients_made_ = 0;
    uint32_t sessions_made_ = 0;
    bool session_ = false;
    std::vector<Slot> slots_;
    uint32_t stateids_ = 0;
    std::map<uint32_t, uint32_t> done_;
};

}  // namespace strait::client::nfs4
