// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Runs compounds step by step over a Store, and adds once for all what a Store does not decide: who
// may (vfs/access), share modes and byte-range locks (vfs/lease_table), opens and their owners,
// limits, names.

#include "vfs/backend.h"
#include "vfs/lease_table.h"
#include "vfs/open_table.h"
#include "vfs/store.h"

namespace strait::vfs {

struct StepOptions {
    bool check_access = true;  // false: every caller is root (the store's owner decides elsewhere)
    uint32_t max_read = 1u << 20;  // bytes; the smaller of this and the store's counts
    uint32_t max_write = 1u << 20;
};

class StepBackend final : public Backend {
  public:
    using Options = StepOptions;

    // `store` outlives this.
    explicit StepBackend(Store& store, Options options = {});
    ~StepBackend() override;

    // Errors of the task: only the scope's stop, before the first operation.
    Task<Reply> run(const Compound& program) override;
    Capabilities capabilities() const override { return capabilities_; }
    Task<> close() override;
    Task<> expire(uint64_t client) override;

    const LeaseTable& leases() const noexcept { return leases_; }

  private:
    friend class Cursor;
    // Ends an open with its locks; false when it had ended already.
    bool end_open(OpenId id);

    Store& store_;
    const Options options_;
    const Capabilities capabilities_;
    LeaseTable leases_;
    OpenTable opens_;
};

}  // namespace strait::vfs
