// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/names.h"

#include <algorithm>
#include <cstdint>

#include "server/nfs4/limits.h"

namespace strait::server::nfs4 {

namespace {

// Bytes that the character starting with `lead` takes; 0: none can start so.
size_t character_bytes(unsigned char lead) {
    if (lead < 0x80) return 1;
    if (lead < 0xc2) return 0;
    if (lead < 0xe0) return 2;
    if (lead < 0xf0) return 3;
    return lead < 0xf5 ? 4 : 0;
}

// Over-long forms, surrogates and what lies past U+10FFFF (RFC 3629 section 4).
bool good_second(unsigned char lead, unsigned char second) {
    switch (lead) {
        case 0xe0:
            return second >= 0xa0;
        case 0xed:
            return second <= 0x9f;
        case 0xf0:
            return second >= 0x90;
        case 0xf4:
            return second <= 0x8f;
        default:
            return true;
    }
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (size_t i = 0; i < text.size();) {
        auto lead = static_cast<unsigned char>(text[i]);
        size_t bytes = character_bytes(lead);
        if (bytes == 0 || bytes > text.size() - i) return false;
        for (size_t k = 1; k < bytes; k++)
            if ((static_cast<unsigned char>(text[i + k]) & 0xc0) != 0x80) return false;
        if (bytes > 1 && !good_second(lead, static_cast<unsigned char>(text[i + 1]))) return false;
        i += bytes;
    }
    return true;
}

nfsstat4 check_name(std::string_view name) {
    if (name.empty()) return NFS4ERR_INVAL;
    if (name.size() > max_name_bytes) return NFS4ERR_NAMETOOLONG;
    if (name == "." || name == "..") return NFS4ERR_BADNAME;
    if (name.find('/') != std::string_view::npos || name.find('\0') != std::string_view::npos)
        return NFS4ERR_BADNAME;
    return NFS4_OK;
}

}  // namespace strait::server::nfs4
