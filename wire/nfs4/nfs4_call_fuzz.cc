// SPDX-License-Identifier: LGPL-2.1-or-later
// What a server reads: a compound's head, then operations of any kind, attributes included.
#include "wire/nfs4/compound.h"
#include "wire/nfs4/ops.h"
#include "wire/nfs4/trace.h"
#include "wire/xdr/fuzzing.h"

using namespace strait;
using namespace strait::wire;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 1) return 0;
    if (data[0] % 8 == 1) {
        BufferChain record = fuzz_slices({reinterpret_cast<const std::byte*>(data), size}, 3);
        describe_record(record, nfs4::Program::nfs, nfs4::Detail::full);
        describe_record(record, nfs4::Program::callback, nfs4::Detail::names);
    } else if (data[0] % 8 == 0) {
        fuzz_one<nfs4::CompoundHead>(data + 1, size - 1);
    } else {
        fuzz_one<nfs4::nfs_argop4>(data + 1, size - 1);
    }
    return 0;
}
