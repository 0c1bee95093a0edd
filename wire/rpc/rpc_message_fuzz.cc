// SPDX-License-Identifier: LGPL-2.1-or-later
// RPC heads of both directions, and AUTH_SYS bodies.
#include "wire/rpc/message.h"
#include "wire/xdr/fuzzing.h"

using namespace strait::wire;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    fuzz_one<rpc::rpc_msg>(data, size);
    fuzz_one<rpc::authsys_parms>(data, size);
    strait::Bytes bytes{reinterpret_cast<const std::byte*>(data), size};
    xdr::Reader in(bytes);
    rpc::rpc_msg msg;
    rpc::authsys_parms parms;
    if (read_call(in, msg) == rpc::CallRead::ok) read_auth_sys(msg.body.cbody.cred.body, parms);
    read_auth_sys(bytes, parms);
    return 0;
}
