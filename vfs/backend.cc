// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/backend.h"

namespace strait::vfs {

Task<Reply> run_all(Backend& backend, const Compound& program) {
    Reply reply = co_await backend.run(program);
    if (!reply.ok()) co_return reply.error;
    co_return reply;
}

}  // namespace strait::vfs
