// SPDX-License-Identifier: LGPL-2.1-or-later
// What reads keep here is bounded over all files of a mount.
#include <gmock/gmock.h>

#include "tests/filesystem/fixture.h"

namespace strait::vfs::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class KeptReads : public FileSystemTest {
  protected:
    std::string words_of_last() const { return me_->log.empty() ? "" : me_->log.back(); }
    const std::string content_ = pattern(60'000);
};

}  // namespace

TEST_F(KeptReads, past_the_bound_an_open_brings_no_data_and_stays_open) {
    for (const char* name : {"a", "b", "c", "d"}) me().put(name, content_);
    cold({.most_kept = 100'000});
    auto a = me().open("a"), b = me().open("b");
    EXPECT_THAT(words_of_last(), HasSubstr("read"));
    auto c = me().open("c");
    EXPECT_THAT(words_of_last(), Not(HasSubstr("read")));
    EXPECT_THAT(words_of_last(), Not(HasSubstr("close")));
    // It is another's to remove it meanwhile.
    EXPECT_TRUE(finish(other().files.remove({.path = "/n/c"}, RemoveKind::file)).has_value());
    EXPECT_EQ(me().read(c, 0, content_.size()), content_);
    me().close(a);
    me().close(b);
    me().close(c);
    auto d = me().open("d");
    EXPECT_THAT(words_of_last(), HasSubstr("read"));
    me().close(d);
}

TEST_F(KeptReads, past_the_bound_nothing_is_read_ahead) {
    const std::string large = pattern(8 << 20);
    auto out = me().open("f", to_write);
    me().write(out, large);
    me().close(out);
    me().put("a", content_);
    auto reads_of = [&](uint64_t most_kept) {
        cold({.most_kept = most_kept});
        auto a = me().open("a"), f = me().open("f");
        std::string got;
        while (got.size() < large.size() / 2) {
            auto piece = finish(f->read(65536));
            if (!piece || piece->empty()) break;
            got += text(*piece);
        }
        EXPECT_TRUE(got == large.substr(0, large.size() / 2));
        me().close(f);
        me().close(a);
        return me().count();
    };
    EXPECT_LT(reads_of(256 << 20), 20u);
    EXPECT_GE(reads_of(50'000), 64u);
}

}  // namespace strait::vfs::test
