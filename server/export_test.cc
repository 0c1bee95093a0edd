// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/export.h"

#include <gtest/gtest.h>

namespace strait::server {
namespace {

// Never run: these tests ask an export for its policy only.
class NoBackend final : public vfs::Backend {
    Task<vfs::Reply> run(const vfs::Compound&) override { co_return Errc::notsup; }
    vfs::Capabilities capabilities() const override { return {}; }
};

Export made(std::string_view spec) {
    return Export(*parse_export(spec), std::make_unique<NoBackend>());
}

Caller caller(uint32_t uid, uint32_t gid, SmallVector<uint32_t, 16> groups = {}) {
    Caller who;
    who.flavor = 1;
    who.uid = uid;
    who.gid = gid;
    who.groups = std::move(groups);
    return who;
}

TEST(Export, squashes_as_its_options_say) {
    struct Case {
        const char* spec;
        uint32_t uid, acts_as;
    };
    for (const Case& each :
         {Case{"a=memory:", 0, 65534}, Case{"a=memory:", 1000, 1000},
          Case{"a=memory:,no_root_squash", 0, 0}, Case{"a=memory:,all_squash,anonuid=7", 1000, 7},
          Case{"a=memory:,anonuid=7", 0, 7}})
        EXPECT_EQ(made(each.spec).credential(caller(each.uid, 5))->uid, each.acts_as) << each.spec;
}

TEST(Export, a_caller_without_credential_is_nobody_everywhere) {
    Caller none = caller(0, 0);
    none.flavor = 0;
    EXPECT_EQ(made("a=memory:,no_root_squash").credential(none)->uid, 65534u);
}

TEST(Export, groups_of_root_are_squashed_with_it) {
    auto who = made("a=memory:").credential(caller(1000, 0, {0, 4}));
    EXPECT_EQ(who->gid, 65534u);
    EXPECT_FALSE(who->in_group(0));
    EXPECT_TRUE(who->in_group(4));
    EXPECT_TRUE(made("a=memory:,no_root_squash").credential(caller(1000, 0))->in_group(0));
}

TEST(Export, the_id_that_chown_ignores_is_never_acted_as) {
    auto who = made("a=memory:,no_root_squash").credential(caller(~0u, 5, {~0u}));
    EXPECT_EQ(who->uid, 65534u);
    who = made("a=memory:,no_root_squash").credential(caller(5, ~0u, {~0u}));
    EXPECT_EQ(who->gid, 65534u);
    EXPECT_FALSE(who->in_group(~0u));
}

TEST(ExportTable, leads_to_exports_by_their_path) {
    ExportTable table;
    auto add = [&](const char* spec) {
        return table.add(*parse_export(spec), std::make_unique<NoBackend>());
    };
    ASSERT_TRUE(add("a/b=memory:"));
    ASSERT_TRUE(add("a/c=memory:"));
    const PseudoNode* a = table.root().find("a");
    ASSERT_TRUE(a);
    EXPECT_FALSE(a->mounted());
    EXPECT_EQ(a->find("b")->mounted()->spec().name, "a/b");
    EXPECT_EQ(a->parent(), &table.root());
    EXPECT_EQ(table.find_pseudo(a->fileid()), a);
    EXPECT_FALSE(add("a/b=memory:"));
    EXPECT_FALSE(add("a/b/deeper=memory:"));
    EXPECT_FALSE(add("a=memory:"));
    EXPECT_FALSE(add("/=memory:"));
}

}  // namespace
}  // namespace strait::server
