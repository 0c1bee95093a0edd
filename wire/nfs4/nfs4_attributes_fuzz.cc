// SPDX-License-Identifier: LGPL-2.1-or-later
// fattr4: whatever decodes encodes to the same values.
#include "wire/nfs4/attributes.h"
#include "wire/xdr/fuzzing.h"

using namespace strait::wire;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    fuzz_one<nfs4::fattr4>(data, size);
    xdr::Reader in(strait::Bytes{reinterpret_cast<const std::byte*>(data), size});
    nfs4::fattr4 received;
    nfs4::Attributes4 values;
    if (!read(in, received)) return 0;
    if (decode_attributes(received, values) != nfs4::AttributesRead::ok) return 0;
    std::string bytes = fuzz_encode(nfs4::fattr4::of(values));
    xdr::Reader again_in(strait::as_bytes(bytes));
    nfs4::fattr4 again;
    nfs4::Attributes4 same;
    if (!read(again_in, again) || decode_attributes(again, same) != nfs4::AttributesRead::ok)
        abort();
    if (fuzz_encode(nfs4::fattr4::of(same)) != bytes) abort();
    return 0;
}
