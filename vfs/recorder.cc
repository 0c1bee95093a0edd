// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/recorder.h"

namespace strait::vfs {

Task<Reply> Recorder::run(const Compound& program) {
    MonoTime begun = MonoClock::now();
    Result<Reply> reply = co_await inner_.run(program).result();
    count(program, reply);
    if (sink_) sink_(program, reply, MonoClock::now() - begun);
    co_return reply;
}

void Recorder::count(const Compound& program, const Result<Reply>& reply) noexcept {
    programs_.fetch_add(1, std::memory_order_relaxed);
    if (!reply) {
        lost_.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    if (!reply->ok()) failed_.fetch_add(1, std::memory_order_relaxed);
    size_t reached = std::min<size_t>(reply->completed + !reply->ok(), program.ops.size());
    for (size_t i = 0; i < reached; i++)
        by_kind_[program.ops[i].index()].fetch_add(1, std::memory_order_relaxed);
}

Recorder::Counts Recorder::counts() const noexcept {
    Counts now;
    now.programs = programs_;
    now.failed = failed_;
    now.lost = lost_;
    for (size_t kind = 0; kind < by_kind_.size(); kind++) {
        now.by_kind[kind] = by_kind_[kind];
        now.operations += now.by_kind[kind];
    }
    return now;
}

void Recorder::reset() noexcept {
    programs_ = failed_ = lost_ = 0;
    for (auto& each : by_kind_) each = 0;
}

uint64_t Recorder::Counts::of(std::string_view name) const noexcept {
    for (size_t kind = 0; kind < by_kind.size(); kind++)
        if (op_name(kind) == name) return by_kind[kind];
    return 0;
}

}  // namespace strait::vfs
