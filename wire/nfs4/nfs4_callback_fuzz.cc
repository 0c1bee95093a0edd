// SPDX-License-Identifier: LGPL-2.1-or-later
// The callback program: what a client reads as calls and a server as replies.
#include "wire/nfs4/compound.h"
#include "wire/nfs4/ops.h"
#include "wire/xdr/fuzzing.h"

using namespace strait::wire;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 1) return 0;
    switch (data[0] % 4) {
        case 0:
            fuzz_one<nfs4::CbCompoundHead>(data + 1, size - 1);
            break;
        case 1:
            fuzz_one<nfs4::nfs_cb_resop4>(data + 1, size - 1);
            break;
        default:
            fuzz_one<nfs4::nfs_cb_argop4>(data + 1, size - 1);
            break;
    }
    return 0;
}
