// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A Backend runs compounds. Storage, clients of other servers, and the layers between them (cache,
// recorder) are all Backends.

#include "base/task.h"
#include "vfs/compound.h"

namespace strait::vfs {

// Declared, never guessed.
struct Capabilities {
    bool one_round_trip = false;  // a whole compound costs one exchange with the server
    bool any_thread =
        false;  // run() may be called on any core; else only on the core that made the backend
    bool stable_handles = false;  // handles survive a restart
    bool xattrs = false;
    bool seek = false;      // holes can be found
    bool allocate = false;  // Allocate, Deallocate
    bool copy = false;
    bool clone = false;
    bool rename_flags = false;
    bool checked_walk_end = false;  // Walk::refuse_symlink_end is honoured
    uint32_t max_read = 1u << 20;   // bytes of one Read; larger ones are the caller's to split
    uint32_t max_write = 1u << 20;
    uint32_t max_ops = 64;  // operations of one compound that still travel together
};

class Backend {
  public:
    virtual ~Backend() = default;

    // Runs the program. An operation that fails is in Reply::error; the task's own Error means that
    // the outcome is unknown or that nothing was run (connection lost, cancelled, timed out).
    // `program` and what it views outlive the task.
    virtual Task<Reply> run(const Compound& program) = 0;
    virtual Capabilities capabilities() const = 0;
    // Ends opens and connections in order. Nothing is run afterwards.
    virtual Task<> close() { co_return; }
    // Ends everything that `client` holds (its lease is over).
    virtual Task<> expire(uint64_t client) {
        (void)client;
        co_return;
    }
};

// run(), with the failure of an operation as the task's own Error.
Task<Reply> run_all(Backend& backend, const Compound& program);

}  // namespace strait::vfs
