// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/status_text.h"

#include <fmt/format.h>

#include <cstring>

#include "wire/nfs4/nfsstat4.h"

namespace strait::tool {

std::string status_text(Error error) {
    switch (error.domain) {
        case Domain::nfs4:
            return std::string(
                wire::nfs4::to_string(static_cast<wire::nfs4::nfsstat4>(error.status)));
        case Domain::posix: {
            const char* name = strerrorname_np(static_cast<int>(error.status));
            return name ? name : fmt::format("errno {}", error.status);
        }
        case Domain::rpc:
            return fmt::format("RPC status {}", error.status);
        case Domain::nfs3:
            return fmt::format("NFS3ERR {}", error.status);
        case Domain::smb:
            return fmt::format("NTSTATUS {:#x}", error.status);
        case Domain::none:
            break;
    }
    return std::string(errc_text(error.code));
}

}  // namespace strait::tool
