// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/step_backend.h"

#include "vfs/step_cursor.h"

namespace strait::vfs {

namespace {

Capabilities limited(Capabilities of_store, const StepOptions& options) {
    of_store.one_round_trip = true;  // the store is here
    of_store.checked_walk_end = true;
    of_store.max_read = std::min(of_store.max_read, options.max_read);
    of_store.max_write = std::min(of_store.max_write, options.max_write);
    return of_store;
}

}  // namespace

StepBackend::StepBackend(Store& store, Options options)
    : store_(store), options_(options), capabilities_(limited(store.capabilities(), options)) {}

StepBackend::~StepBackend() {
    for (OpenId id : opens_.all()) end_open(id);
}

Task<Reply> StepBackend::run(const Compound& program) {
    const Scope& scope = co_await this_scope;
    Reply reply;
    Cursor cursor(*this, program);
    for (const Op& op : program.ops) {
        if (scope.stop && scope.stop->stopped()) {
            if (reply.completed == 0) co_return Error(scope.stop->reason());
            reply.error = scope.stop->reason();
            co_return reply;
        }
        Result<OpResult> result = co_await cursor.step(op).result();
        if (!result) {
            reply.error = result.error();
            if (auto partial = cursor.take_partial()) reply.results.push_back(std::move(*partial));
            co_return reply;
        }
        reply.results.push_back(std::move(*result));
        reply.completed++;
    }
    co_return reply;
}

bool StepBackend::end_open(OpenId id) {
    OpenRef record = opens_.take(id);
    if (!record) return false;
    SmallVector<Owner, 2> owners;
    {
        std::lock_guard hold(record->mutex);
        record->closed = true;
        owners = std::move(record->lock_owners);
    }
    for (const Owner& owner : owners) leases_.unlock(*record->node, 0, lock_to_end, owner);
    if (leases_.unshare(*record->node, record->id)) store_.closed(*record->node);
    return true;
}

Task<> StepBackend::close() {
    for (OpenId id : opens_.all()) end_open(id);
    co_return;
}

Task<> StepBackend::expire(uint64_t client) {
    for (OpenId id : opens_.of_client(client)) end_open(id);
    co_return;
}

}  // namespace strait::vfs
