// SPDX-License-Identifier: LGPL-2.1-or-later
// TEST_STATEID and FREE_STATEID (RFC 8881 sections 18.38, 18.48).

#include "server/nfs4/ops.h"
#include "server/nfs4/service.h"
#include "wire/nfs4/stateid.h"

namespace strait::server::nfs4 {
namespace {

class TestStateId final : public StateOperation<TEST_STATEID4args, TEST_STATEID4res> {
    size_t reply_bound(const Call&) const override { return 12 + 4 * args.ts_stateids.size(); }

    Task<nfsstat4> run(Program& program) override {
        for (const stateid4& each : args.ts_stateids)
            res.tsr_resok4.tsr_status_codes.push_back(program.call().states().test(each));
        co_return NFS4_OK;
    }
};

class FreeStateId final : public StateOperation<FREE_STATEID4args, FREE_STATEID4res> {
    Task<nfsstat4> run(Program& program) override {
        stateid4 meant = args.fsa_stateid;
        if (meant == current_stateid) {
            auto known = program.state(meant);
            if (!known) co_return known.error();
            meant = known->stateid;
        }
        co_return program.call().states().free(meant);
    }
};

}  // namespace

std::unique_ptr<Operation> make_test_stateid() { return make_operation<TestStateId>(); }
std::unique_ptr<Operation> make_free_stateid() { return make_operation<FreeStateId>(); }

}  // namespace strait::server::nfs4
