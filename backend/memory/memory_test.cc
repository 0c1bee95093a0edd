// SPDX-License-Identifier: LGPL-2.1-or-later
// What only the memory store promises; the rest is the contract suite's.
#include "backend/memory/memory.h"

#include <gtest/gtest.h>

#include <set>

#include "backend/memory/options.h"
#include "vfs/step_backend.h"

namespace strait::backend {
namespace {

using namespace vfs;

// Under a sanitizer everything takes ten times as long.
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr int many = 100'000;
#else
constexpr int many = 1'000'000;
#endif

class MemoryTest : public testing::Test {
  protected:
    void make(std::string_view options) {
        backend_.reset();
        store_ = std::move(*make_memory_store(options));
        backend_ = std::make_unique<StepBackend>(*store_);
    }
    Reply run(const Compound& program) {
        Result<Reply> out = fail(Errc::io);
        start(backend_->run(program), [&](Result<Reply> reply) { out = std::move(reply); });
        return std::move(*out);
    }
    Errc error(const Compound& program) { return run(program).error.code; }
    static Open creating(std::string_view name) {
        return {.access = OpenAccess::both, .name = name, .create = Open::Create::guarded};
    }
    Attributes space() {
        return run(Compound().root().getattr(statfs_mask)).take<GetAttr>().attributes;
    }

    std::unique_ptr<Store> store_;
    std::unique_ptr<StepBackend> backend_;
};

BufferChain data(size_t size) {
    Buffer buffer = Buffer::allocate(size);
    std::memset(buffer.data(), 'x', size);
    return BufferChain(std::move(buffer));
}

TEST_F(MemoryTest, a_million_entries_are_listed_once_each_while_they_come_and_go) {
    make("files=2000000");
    constexpr int count = many;
    for (int i = 0; i < count; i++) {
        std::string name = std::to_string(i);
        Compound program;
        ASSERT_TRUE(run(program.root().open(creating(name)).close()).ok());
    }
    std::vector<bool> seen(count);
    ReadDir args{.max_bytes = 1u << 20};
    size_t listed = 0, removed = 0, fresh = 0;
    for (bool eof = false; !eof;) {
        Compound program;
        Reply reply = run(program.root().readdir(args));
        ASSERT_TRUE(reply.ok());
        auto& part = *reply.find<ReadDir>();
        for (auto& entry : part.entries) {
            if (entry.name.starts_with("new")) continue;
            size_t index = std::stoul(std::string(entry.name));
            ASSERT_FALSE(seen[index]) << entry.name;
            seen[index] = true;
            listed++;
        }
        eof = part.eof;
        if (part.entries.empty()) continue;
        args.cookie = part.entries.back().cookie;
        for (size_t i = 0; i < part.entries.size(); i += 2)
            removed += run(Compound().root().remove(part.entries[i].name)).ok();
        std::string name = "new" + std::to_string(fresh++);
        if (fresh < 20) ASSERT_TRUE(run(Compound().root().open(creating(name)).close()).ok());
    }
    EXPECT_EQ(listed, size_t(count));
    EXPECT_GE(removed, size_t(count) / 2);
}

TEST_F(MemoryTest, the_size_limit_holds_and_space_comes_back) {
    make("size=1m");
    EXPECT_EQ(error(Compound().root().open(creating("f")).write(0, data(1u << 20)).close()),
              Errc::ok);
    EXPECT_EQ(space().space_free, 0u);
    EXPECT_EQ(error(Compound().root().open(creating("g")).write(0, data(1))), Errc::nospc);
    EXPECT_EQ(error(Compound().root().walk("f").write(0, data(4096))), Errc::ok)
        << "pages that are there are not counted again";
    EXPECT_EQ(error(Compound().root().walk("f").add(Allocate{0, 2u << 20})), Errc::nospc);
    EXPECT_EQ(error(Compound().root().walk("f").setattr({.size = 4096})), Errc::ok);
    EXPECT_EQ(space().space_free, (1u << 20) - 4096);
    EXPECT_EQ(error(Compound().root().remove("f")), Errc::ok);
    EXPECT_EQ(space().space_free, 1u << 20);
}

TEST_F(MemoryTest, the_files_limit_holds_and_places_come_back) {
    make("files=3");
    EXPECT_EQ(error(Compound().root().add(Create{.name = "a"})), Errc::ok);
    EXPECT_EQ(error(Compound().root().add(Create{.name = "b"})), Errc::ok);
    EXPECT_EQ(error(Compound().root().add(Create{.name = "c"})), Errc::nospc);
    EXPECT_EQ(error(Compound().root().remove("a")), Errc::ok);
    EXPECT_EQ(error(Compound().root().add(Create{.name = "c"})), Errc::ok);
    EXPECT_EQ(space().files_free, 0u);
}

TEST_F(MemoryTest, an_unlinked_file_keeps_its_space_until_its_open_ends) {
    make("size=1m");
    Reply opened = run(Compound().root().open(creating("f")).write(0, data(1u << 20)));
    ASSERT_TRUE(opened.ok());
    ASSERT_EQ(error(Compound().root().remove("f")), Errc::ok);
    EXPECT_EQ(space().space_free, 0u);
    ASSERT_EQ(error(Compound().use_open(opened.find<Open>()->open).close()), Errc::ok);
    EXPECT_EQ(space().space_free, 1u << 20);
}

TEST_F(MemoryTest, reading_copies_nothing) {
    make("");
    ASSERT_EQ(error(Compound().root().open(creating("f")).write(0, data(1u << 20)).close()),
              Errc::ok);
    uint64_t before = copied_bytes();
    Reply reply = run(Compound().root().walk("f").read(0, 1u << 20));
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.find<Read>()->data.size(), 1u << 20);
    EXPECT_LE(reply.find<Read>()->data.parts().size(), 4u);
    EXPECT_EQ(copied_bytes(), before);
}

TEST_F(MemoryTest, handles_of_another_store_are_stale) {
    make("");
    Reply reply = run(Compound().root().get_handle());
    Handle old = reply.take<GetHandle>().handle;
    make("");
    EXPECT_EQ(error(Compound().put(old)), Errc::stale);
}

TEST_F(MemoryTest, a_handle_with_a_guessed_generation_is_refused) {
    make("");
    Handle handle = run(Compound().root().get_handle()).take<GetHandle>().handle;
    std::string bytes(as_text(handle.bytes()));
    bytes.back() ^= 1;
    EXPECT_EQ(error(Compound().put(*Handle::from(as_bytes(bytes)))), Errc::badhandle);
}

TEST_F(MemoryTest, a_very_deep_tree_is_taken_down_flat) {
    make("");
    Handle at = run(Compound().root().get_handle()).take<GetHandle>().handle;
    for (int depth = 0; depth < many / 5; depth++) {
        Compound program;
        program.put(at).add(Create{.name = "d"}).get_handle();
        Reply reply = run(program);
        ASSERT_TRUE(reply.ok());
        at = reply.take<GetHandle>().handle;
    }
    backend_.reset();
    store_.reset();
}

TEST(MemoryOptions, what_is_said_is_understood_and_what_is_not_is_refused) {
    auto options = MemoryOptions::parse("memory:size=1g,files=10k,mode=1777,uid=5,gid=6");
    ASSERT_TRUE(options);
    EXPECT_EQ(options->size_bytes, 1u << 30);
    EXPECT_EQ(options->files, 10'240u);
    EXPECT_EQ(options->root_mode, 01777u);
    EXPECT_EQ(options->root_uid, 5u);
    EXPECT_EQ(options->root_gid, 6u);
    for (auto good : {"", "memory", "memory:", "size=5"}) EXPECT_TRUE(MemoryOptions::parse(good));
    for (auto bad : {"size", "size=", "size=x", "colour=red", "size=1q", "mode=8", "mode=77777",
                     "size=99999999999999999999", "size=99999999999t"})
        EXPECT_EQ(MemoryOptions::parse(bad).error(), Errc::inval) << bad;
}

}  // namespace
}  // namespace strait::backend
