// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Where another server is (RFC 7862 4.10.1).

#include "wire/nfs4/basic.h"

namespace strait::wire::nfs4 {

enum netloc_type4 : uint32_t { NL4_NAME = 1, NL4_URL = 2, NL4_NETADDR = 3 };

struct netloc4 {
    netloc_type4 nl_type{};
    utf8str_cis nl_name;
    utf8str_cis nl_url;
    netaddr4 nl_addr;
    STRAIT_UNION(nl_type, STRAIT_ARM(nl_name, NL4_NAME), STRAIT_ARM(nl_url, NL4_URL),
                 STRAIT_ARM(nl_addr, NL4_NETADDR))
};

}  // namespace strait::wire::nfs4
