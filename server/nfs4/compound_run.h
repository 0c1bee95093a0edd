// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One COMPOUND from its first byte to its reply. Operations are decoded and built one after the
// other into a vfs program; the program runs as one when the compound ends or an operation needs an
// earlier one's result. A compound that stops mid-way tells exactly the operations done and the
// status of the one that failed.

#include <memory>
#include <optional>
#include <vector>

#include "server/nfs4/ops.h"
#include "server/nfs4/program.h"
#include "wire/nfs4/compound.h"
#include "wire/nfs4/sequence.h"

namespace strait::server::nfs4 {

class CompoundRun {
  public:
    CompoundRun(Service& service, const Caller& caller, xdr::Reader& in, size_t record_bytes);
    Task<BufferChain> run();

  private:
    // A built operation whose steps are [first, end) of the program.
    struct Pending {
        Operation* operation;
        const OperationRow* row;
        size_t first, end;
    };

    nfsstat4 check_place(uint32_t number) const;
    nfsstat4 check_first(uint32_t number) const;
    // Enters the session. A value: a reply of old to send again.
    std::expected<std::optional<BufferChain>, nfsstat4> begin_slot(const SEQUENCE4args& args,
                                                                   uint64_t digest);
    // The next operation, whole; its status. NFS4_OK: go on.
    Task<nfsstat4> next();
    Task<nfsstat4> execute(std::unique_ptr<Operation> made, const OperationRow& row);
    Task<nfsstat4> build(Operation& operation, const OperationRow& row);
    // Runs the stretch and encodes its results; the status of what failed.
    Task<nfsstat4> flush(bool more);
    nfsstat4 finish_pending(vfs::Reply& reply);
    nfsstat4 check_export(const OperationRow& row) const;
    bool fits(const Operation& operation) const;
    Task<nfsstat4> make_room(const Operation& operation);
    // The most that the reply takes with all that is pending.
    size_t planned() const;
    size_t reply_limit() const;
    void measure_room();
    void put(Operation& operation, const OperationRow& row, nfsstat4 status);
    void put_error(uint32_t number, nfsstat4 status);
    BufferChain finish(nfsstat4 status);

    Service& service_;
    xdr::Reader& in_;
    const size_t record_bytes_;
    Call call_;
    Program program_;
    CompoundHead head_;
    xdr::Writer out_;
    std::optional<CompoundReply> reply_;
    uint32_t index_ = 0;  // of the operation at hand
    bool cache_this_ = false;
    bool keep_reply_ = false;  // something ran that must not run twice
    std::vector<Pending> pending_;
    size_t pending_bytes_ = 0;                            // the most that their results take
    std::vector<std::unique_ptr<Operation>> operations_;  // their arguments live to the end
};

}  // namespace strait::server::nfs4
