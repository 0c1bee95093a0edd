// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// For tests: the values that the golden bytes of this folder share.

#include <algorithm>

#include "wire/nfs4/basic.h"
#include "wire/xdr/golden.h"

namespace strait::wire::nfs4 {

template <size_t N>
xdr::Fixed<N> fixed(std::string_view text) {
    xdr::Fixed<N> made{};
    std::ranges::copy(as_bytes(text.substr(0, N)), made.begin());
    return made;
}
// A stateid and its bytes, to be spelled in goldens.
#define GOLDEN_STATEID "00000007 'stateid-0001' "
#define GOLDEN_CINFO "00000001 0000000000000005 0000000000000006 "

inline const stateid4 sid{7, fixed<12>("stateid-0001")};
inline const verifier4 verf = fixed<8>("verifier");
inline const sessionid4 sessid = fixed<16>("session-id-00001");
inline const deviceid4 devid = fixed<16>("device-id-000001");
inline const change_info4 cinfo{true, 5, 6};
inline nfs_fh4 fh(std::string_view text = "handle") { return nfs_fh4(text); }

}  // namespace strait::wire::nfs4
