// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/parallel.h"

namespace strait::tool {

namespace {
const Scope unstoppable{};
}

Task<> Parallel::one(Task<> task, const Scope& scope) {
    auto outcome = co_await std::move(task).within(scope).result();
    if (!outcome && first_error_.code == Errc::ok) first_error_ = outcome.error();
    room_.release();
}

Task<> Parallel::run(Task<> task) {
    const Scope& scope = co_await this_scope;
    // Those under way end when the scope stops: no need to be stopped here.
    co_await room_.acquire().within(unstoppable);
    if (scope.stop && scope.stop->stopped()) {
        room_.release();
        co_return;
    }
    nursery_.spawn(one(std::move(task), scope));
}

Task<> Parallel::finish() {
    const Scope& scope = co_await this_scope;
    co_await nursery_.close().within(unstoppable);
    if (scope.stop && scope.stop->stopped()) co_await scope.stop->reason();
    if (first_error_.code != Errc::ok) co_await first_error_;
}

}  // namespace strait::tool
