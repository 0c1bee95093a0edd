// SPDX-License-Identifier: LGPL-2.1-or-later
// What a client reads: results of any kind, and the reply as a whole against the call it answers.
#include "wire/nfs4/compound.h"
#include "wire/nfs4/ops.h"
#include "wire/xdr/fuzzing.h"

using namespace strait::wire;

namespace {

void read_expected_results(const uint8_t* data, size_t size) {
    xdr::Reader in(fuzz_slices({reinterpret_cast<const std::byte*>(data), size}, 1));
    nfs4::CompoundResults results(in);
    if (!results.read_head()) return;
    nfs4::SEQUENCE4res sequence;
    nfs4::PUTFH4res putfh;
    nfs4::OPEN4res open;
    nfs4::READ4res data_read;
    nfs4::READDIR4res entries;
    if (results.next(sequence) && results.next(putfh) && results.next(open) &&
        results.next(data_read))
        (void)results.next(entries);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 1) return 0;
    if (data[0] % 8 == 0)
        read_expected_results(data + 1, size - 1);
    else
        fuzz_one<nfs4::nfs_resop4>(data + 1, size - 1);
    return 0;
}
