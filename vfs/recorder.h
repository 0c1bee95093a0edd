// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A Backend that wraps a Backend and counts what passes: the ground of statistics, and of tests
// that say how many programs an API call costs. Safe wherever the wrapped backend is.

#include <array>
#include <atomic>
#include <functional>

#include "vfs/backend.h"

namespace strait::vfs {

class Recorder final : public Backend {
  public:
    // Called after each program, on the thread that ran it, `taken` after it began. What it is
    // given lives for the call.
    using Sink =
        std::function<void(const Compound& program, const Result<Reply>& reply, Duration taken)>;

    struct Counts {
        uint64_t programs = 0;    // run
        uint64_t failed = 0;      // of them: an operation failed
        uint64_t lost = 0;        // of them: run() itself failed, the outcome is unknown
        uint64_t operations = 0;  // reached, the failed ones included
        std::array<uint64_t, std::variant_size_v<Op>> by_kind{};  // index of Op
        // Operations of one name, as op_name() has it; 0 for an unknown name.
        uint64_t of(std::string_view name) const noexcept;
    };

    // `inner` outlives this.
    explicit Recorder(Backend& inner, Sink sink = {}) : inner_(inner), sink_(std::move(sink)) {}

    Task<Reply> run(const Compound& program) override;
    Capabilities capabilities() const override { return inner_.capabilities(); }
    Task<> close() override { return inner_.close(); }
    Task<> expire(uint64_t client) override { return inner_.expire(client); }

    // What passed since the last reset; not one moment's picture while programs run.
    Counts counts() const noexcept;
    void reset() noexcept;

  private:
    void count(const Compound& program, const Result<Reply>& reply) noexcept;

    Backend& inner_;
    const Sink sink_;
    std::atomic<uint64_t> programs_{0}, failed_{0}, lost_{0};
    std::array<std::atomic<uint64_t>, std::variant_size_v<Op>> by_kind_{};
};

}  // namespace strait::vfs
