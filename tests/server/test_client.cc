// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/server/test_client.h"

#include <sys/socket.h>

#include "wire/rpc/record.h"

namespace strait::server {

TestClient::TestClient(const Address& server) : socket_(::socket(server.family(), SOCK_STREAM, 0)) {
    if (::connect(socket_.get(), server.native(), server.native_size()) != 0)
        ADD_FAILURE() << "cannot connect to " << server.format();
    timeval patience{20, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

void TestClient::send_raw(Bytes bytes) {
    size_t done = 0;
    while (done < bytes.size()) {
        ssize_t sent =
            ::send(socket_.get(), bytes.data() + done, bytes.size() - done, MSG_NOSIGNAL);
        if (sent <= 0) return;  // the server closed: a test sees it when it receives
        done += static_cast<size_t>(sent);
    }
}

Buffer TestClient::receive_record() {
    auto exactly = [this](MutableBytes out) {
        size_t done = 0;
        while (done < out.size()) {
            ssize_t got = ::recv(socket_.get(), out.data() + done, out.size() - done, 0);
            if (got <= 0) return false;
            done += static_cast<size_t>(got);
        }
        return true;
    };
    std::array<std::byte, 4> mark;
    if (!exactly(mark)) return {};
    Buffer record = Buffer::allocate(xdr::Reader(Bytes(mark)).u32() & 0x7fffffff);
    return exactly(record.writable()) ? record : Buffer();
}

Buffer TestClient::call(const wire::rpc::call_body& head, const BufferChain& args) {
    xdr::Writer out;
    auto mark = wire::rpc::begin_record(out);
    wire::rpc::write_call(out, next_xid_++, head);
    out.splice(args);
    wire::rpc::end_record(out, mark);
    send_raw(out.take().flatten().bytes());
    return receive_record();
}

Answer TestClient::compound(const Fill& fill, uint32_t minor, std::string_view tag) {
    xdr::Writer args;
    CompoundCall program(args, tag, minor);
    fill(program);
    program.finish();
    wire::rpc::authsys_parms who;
    who.machinename = "test";
    who.uid = uid;
    who.gid = gid;
    xdr::Writer credential;
    write(credential, who);
    Buffer body = credential.take().flatten();
    wire::rpc::call_body head;
    head.prog = NFS4_PROGRAM;
    head.vers = NFS_V4;
    head.proc = NFSPROC4_COMPOUND;
    head.cred = {wire::rpc::AUTH_SYS, body.bytes()};

    Answer answer;
    Buffer record = call(head, args.take());
    answer.reader = std::make_shared<xdr::Reader>(BufferChain(record));
    wire::rpc::rpc_msg message;
    CompoundReplyHead reply;
    bool good = read(*answer.reader, message) && wire::rpc::check_reply(message.body.rbody);
    answer.bytes = answer.reader->rest();
    if (!good || !read(*answer.reader, reply)) {
        ADD_FAILURE() << "no proper reply";
        answer.status = NFS4ERR_SERVERFAULT;
        return answer;
    }
    answer.status = reply.status;
    answer.results.resize(reply.count);
    for (nfs_resop4& each : answer.results)
        if (!read(*answer.reader, each)) ADD_FAILURE() << "a result cannot be read";
    return answer;
}

Answer TestClient::in_session(const Fill& fill, slotid4 slot, bool again, bool cache) {
    if (!again) sequences.at(slot)++;
    return compound([&](CompoundCall& program) {
        program.add(SEQUENCE4args{session, sequences.at(slot), slot, slot, cache});
        fill(program);
    });
}

std::string TestClient::exchange_id(std::string_view owner) {
    Answer answer = compound([&](CompoundCall& program) {
        EXCHANGE_ID4args args;
        args.eia_clientowner.co_verifier = verifier;
        args.eia_clientowner.co_ownerid = xdr::Opaque<NFS4_OPAQUE_LIMIT>(owner);
        program.add(args);
    });
    EXPECT_EQ(answer.status, NFS4_OK);
    const EXCHANGE_ID4resok& told = answer.last<EXCHANGE_ID4res>().eir_resok4;
    clientid = told.eir_clientid;
    create_sequence = told.eir_sequenceid;
    return std::string(told.eir_server_scope.text());
}

nfsstat4 TestClient::create_session() {
    Answer answer = compound([&](CompoundCall& program) {
        CREATE_SESSION4args args;
        args.csa_clientid = clientid;
        args.csa_sequence = create_sequence;
        args.csa_fore_chan_attrs = args.csa_back_chan_attrs = fore;
        program.add(args);
    });
    if (answer.status == NFS4_OK) {
        session = answer.last<CREATE_SESSION4res>().csr_resok4.csr_sessionid;
        sequences = {};
    }
    return answer.status;
}

void TestClient::begin(std::string_view owner, bool reclaim_complete) {
    exchange_id(owner);
    EXPECT_EQ(create_session(), NFS4_OK);
    if (!reclaim_complete) return;
    Answer done = in_session([](CompoundCall& program) { program.add(RECLAIM_COMPLETE4args{}); });
    EXPECT_EQ(done.status, NFS4_OK);
}

OPEN4args open_args(std::string_view name, bool create, uint32_t access) {
    OPEN4args args;
    args.share_access = access | OPEN4_SHARE_ACCESS_WANT_NO_DELEG;
    args.owner.owner = xdr::Opaque<NFS4_OPAQUE_LIMIT>(std::string_view("owner"));
    args.openhow.opentype = create ? OPEN4_CREATE : OPEN4_NOCREATE;
    args.claim.claim = CLAIM_NULL;
    args.claim.file = name;
    return args;
}

}  // namespace strait::server
