// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A client made of raw COMPOUNDs over a blocking socket: it sends what a test says, right or wrong,
// and shows what came back.

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "reactor/address.h"
#include "reactor/descriptor.h"
#include "wire/nfs4/attributes.h"
#include "wire/nfs4/ops.h"
#include "wire/rpc/message.h"

namespace strait::server {

using namespace wire::nfs4;
namespace xdr = wire::xdr;

// A COMPOUND's reply. Views are into `bytes`.
struct Answer {
    nfsstat4 status = NFS4_OK;
    std::vector<nfs_resop4> results;
    BufferChain bytes;  // COMPOUND4res as it came
    std::shared_ptr<xdr::Reader> reader;

    template <class Res>
    const Res& at(size_t index) const {
        return std::get<Res>(results.at(index).res);
    }
    template <class Res>
    const Res& last() const {
        return at<Res>(results.size() - 1);
    }
};

class TestClient {
  public:
    explicit TestClient(const Address& server);

    // Sends bytes as they are.
    void send_raw(Bytes bytes);
    // The next record, without its mark; empty at the end of the stream.
    Buffer receive_record();
    // A call with any head; its whole reply record.
    Buffer call(const wire::rpc::call_body& head, const BufferChain& args);

    // A COMPOUND of these operations; `tag` and `minor` as wanted.
    using Fill = std::function<void(CompoundCall&)>;
    Answer compound(const Fill& fill, uint32_t minor = 2, std::string_view tag = "");
    // The same after SEQUENCE on `slot`, with the slot's next number unless `again`.
    Answer in_session(const Fill& fill, slotid4 slot = 0, bool again = false, bool cache = true);

    // EXCHANGE_ID, CREATE_SESSION and, unless told otherwise, RECLAIM_COMPLETE.
    void begin(std::string_view owner, bool reclaim_complete = true);
    // The server's scope: what it calls itself.
    std::string exchange_id(std::string_view owner);
    nfsstat4 create_session();

    uint32_t uid = 0, gid = 0;
    clientid4 clientid = 0;
    sequenceid4 create_sequence = 0;
    sessionid4 session{};
    channel_attrs4 fore{0, 1 << 20, 1 << 20, 16384, 64, 16, {}};
    verifier4 verifier{};
    std::array<sequenceid4, 16> sequences{};

  private:
    Descriptor socket_;
    uint32_t next_xid_ = 1;
};

// Steps to "/NAME", for Fill.
inline void put_root(CompoundCall& call) { call.add(PUTROOTFH4args{}); }
inline void lookup(CompoundCall& call, std::string_view name) {
    LOOKUP4args args;
    args.objname = name;
    call.add(args);
}
OPEN4args open_args(std::string_view name, bool create, uint32_t access = OPEN4_SHARE_ACCESS_BOTH);

}  // namespace strait::server
