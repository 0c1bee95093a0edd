// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/recorder.h"

#include <gtest/gtest.h>

namespace strait::vfs {
namespace {

// Answers every operation with Done until the one it is told to fail at.
class Scripted final : public Backend {
  public:
    Task<Reply> run(const Compound& program) override {
        if (lost) co_return Errc::connreset;
        Reply reply;
        for (size_t i = 0; i < program.ops.size(); i++) {
            if (i == fail_at) {
                reply.error = Errc::noent;
                break;
            }
            reply.results.push_back(Done{});
            reply.completed++;
        }
        co_return reply;
    }
    Capabilities capabilities() const override { return {}; }
    size_t fail_at = ~size_t{0};
    bool lost = false;
};

Result<Reply> run(Backend& backend, const Compound& program) {
    Result<Reply> out = fail(Errc::io);
    start(backend.run(program), [&](Result<Reply> reply) { out = std::move(reply); });
    return out;
}

TEST(Recorder, programs_and_operations_are_counted_as_far_as_they_came) {
    Scripted inner;
    Recorder recorder(inner);
    Compound program;
    program.root().walk("a").getattr(stat_mask).close();
    ASSERT_TRUE(run(recorder, program));
    inner.fail_at = 1;
    ASSERT_TRUE(run(recorder, program));
    inner.lost = true;
    EXPECT_EQ(run(recorder, program).error(), Errc::connreset);
    auto counts = recorder.counts();
    EXPECT_EQ(counts.programs, 3u);
    EXPECT_EQ(counts.failed, 1u);
    EXPECT_EQ(counts.lost, 1u);
    EXPECT_EQ(counts.operations, 6u);
    EXPECT_EQ(counts.of("root"), 2u);
    EXPECT_EQ(counts.of("walk"), 2u);
    EXPECT_EQ(counts.of("getattr"), 1u);
    EXPECT_EQ(counts.of("none"), 0u);
    recorder.reset();
    EXPECT_EQ(recorder.counts().programs, 0u);
}

TEST(Recorder, the_sink_sees_each_program_with_its_outcome) {
    Scripted inner;
    std::vector<size_t> sizes;
    Recorder recorder(inner, [&](const Compound& program, const Result<Reply>& reply, Duration) {
        EXPECT_EQ(reply.has_value(), !inner.lost);
        sizes.push_back(program.ops.size());
    });
    ASSERT_TRUE(run(recorder, Compound().root()));
    inner.lost = true;
    EXPECT_FALSE(run(recorder, Compound().root().close()));
    EXPECT_EQ(sizes, (std::vector<size_t>{1, 2}));
}

}  // namespace
}  // namespace strait::vfs
