// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/local/local_store.h"

#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "base/ready.h"
#include "vfs/step_backend.h"

namespace strait::local {
namespace {

using namespace vfs;

class LocalStoreTest : public testing::Test {
  protected:
    void SetUp() override {
        char name[] = "/tmp/strait-local-XXXXXX";
        top_ = ::mkdtemp(name);
        root_ = top_ / "export";
        std::filesystem::create_directory(root_);
    }
    void TearDown() override { std::filesystem::remove_all(top_); }

    std::unique_ptr<LocalStore> open(size_t known_files = 4096) {
        auto made = LocalStore::make(root_.string(), {known_files});
        EXPECT_TRUE(made.has_value());
        return std::move(*made);
    }
    template <class T>
    static Result<T> run(Task<T> task) {
        std::optional<Result<T>> outcome;
        start(std::move(task), [&](Result<T> r) { outcome.emplace(std::move(r)); });
        run_ready();
        return std::move(*outcome);
    }
    static NodeRef must(Task<NodeRef> task) { return run(std::move(task)).value(); }
    void put(const std::filesystem::path& path, std::string_view text) {
        std::ofstream(path) << text;
    }
    static size_t open_descriptors() {
        size_t count = 0;
        for ([[maybe_unused]] auto& each : std::filesystem::directory_iterator("/proc/self/fd"))
            count++;
        return count;
    }

    std::filesystem::path top_, root_;
};

TEST_F(LocalStoreTest, a_missing_directory_is_refused) {
    auto made = LocalStore::make((top_ / "nowhere").string());
    ASSERT_FALSE(made.has_value());
    EXPECT_EQ(made.error().code, Errc::noent);
    put(top_ / "file", "x");
    EXPECT_EQ(LocalStore::make((top_ / "file").string()).error().code, Errc::notdir);
}

TEST_F(LocalStoreTest, symlinks_are_never_followed_and_dotdot_stops_at_the_root) {
    put(top_ / "secret", "outside");
    std::filesystem::create_symlink(top_, root_ / "out");
    std::filesystem::create_directory(root_ / "d");
    auto store = open();
    StepBackend backend(*store);
    Compound through;
    through.root().walk("out/secret");
    Reply reply = run(backend.run(through)).value();
    EXPECT_EQ(reply.error.code, Errc::symlink);
    Compound up;
    up.root().walk("d/../../..").getattr(stat_mask);
    reply = run(backend.run(up)).value();
    ASSERT_TRUE(reply.ok());
    EXPECT_EQ(reply.take<GetAttr>().attributes.fileid, store->root()->fileid());
}

TEST_F(LocalStoreTest, a_directory_moved_out_of_the_export_has_no_parent_here) {
    std::filesystem::create_directory(root_ / "d");
    auto store = open();
    NodeRef directory = must(store->lookup(*store->root(), "d"));
    std::filesystem::rename(root_ / "d", top_ / "moved");
    EXPECT_EQ(run(store->parent(*directory)).error().code, Errc::noent);
}

TEST_F(LocalStoreTest, handles_survive_a_restart_and_a_rename) {
    std::filesystem::create_directories(root_ / "a/b");
    put(root_ / "a/b/f", "text");
    Handle handle;
    {
        auto store = open();
        NodeRef b = must(store->lookup(*must(store->lookup(*store->root(), "a")), "b"));
        handle = store->handle_of(*must(store->lookup(*b, "f"))).value();
    }
    std::filesystem::rename(root_ / "a/b/f", root_ / "g");
    auto store = open();
    NodeRef found = must(store->resolve(handle));
    auto read = run(store->read(*found, 0, 100)).value();
    EXPECT_EQ(read.data.flatten().text(), "text");
    EXPECT_TRUE(read.eof);
}

TEST_F(LocalStoreTest, without_privilege_handles_survive_too) {
    std::filesystem::create_directories(root_ / "a/b");
    put(root_ / "a/b/f", "text");
    std::filesystem::permissions(top_, std::filesystem::perms::all);
    std::filesystem::permissions(root_, std::filesystem::perms::all);
    pid_t child = ::fork();
    if (child == 0) {
        if (::geteuid() == 0 && ::setresuid(65534, 65534, 65534) < 0) ::_exit(2);
        auto store = open();
        NodeRef b = must(store->lookup(*must(store->lookup(*store->root(), "a")), "b"));
        Handle handle = store->handle_of(*must(store->lookup(*b, "f"))).value();
        store = open();
        auto found = run(store->resolve(handle));
        bool same =
            found && run(store->read(**found, 0, 100)).value().data.flatten().text() == "text";
        Handle forged = Handle::from(handle.bytes().first(handle.size() - 1)).value();
        bool refused = run(store->resolve(forged)).error().code == Errc::badhandle;
        ::_exit(same && refused ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST_F(LocalStoreTest, a_deleted_files_handle_is_stale) {
    put(root_ / "f", "text");
    auto store = open();
    Handle handle = store->handle_of(*must(store->lookup(*store->root(), "f"))).value();
    ASSERT_TRUE(run(store->remove(*store->root(), "f", RemoveKind::file)).has_value());
    EXPECT_EQ(run(store->resolve(handle)).error().code, Errc::stale);
    EXPECT_EQ(run(store->resolve(Handle::from(as_bytes("garbage")).value())).error().code,
              Errc::badhandle);
}

TEST_F(LocalStoreTest, the_handle_of_what_was_deleted_on_the_host_is_stale) {
    auto store = open();
    Handle handle =
        store->handle_of(*run(store->create(*store->root(), "f", {})).value().node).value();
    EXPECT_EQ(store->handle_of(*must(store->resolve(handle))).value(), handle);
    std::filesystem::remove(root_ / "f");
    EXPECT_EQ(run(store->resolve(handle)).error().code, Errc::stale);
}

TEST_F(LocalStoreTest, a_new_file_has_its_mode_whatever_this_process_would_give_it) {
    auto store = open();
    Attributes directory = run(store->getattr(*store->root(), stat_mask)).value();
    const mode_t before = ::umask(027);
    for (uint32_t mode : {0644u, 0666u, 04755u, 0u}) {
        NewNode what{.mode = mode, .uid = ::geteuid(), .gid = ::getegid(), .directory = &directory};
        NodeRef node = run(store->create(*store->root(), std::to_string(mode), what)).value().node;
        EXPECT_EQ(run(store->getattr(*node, stat_mask)).value().mode, mode);
    }
    ::umask(before);
}

TEST_F(LocalStoreTest, a_new_file_is_held_and_written_by_one_descriptor) {
    auto store = open();
    const size_t before = open_descriptors();
    NodeRef node = run(store->create(*store->root(), "f", {.mode = 0400})).value().node;
    ASSERT_TRUE(run(store->opened(*node, OpenAccess::both)).has_value());
    BufferChain data(Buffer::copy_of("text"));
    ASSERT_TRUE(run(store->write(*node, 0, data, Stability::unstable)).has_value());
    EXPECT_EQ(open_descriptors(), before + 1);
}

TEST_F(LocalStoreTest, what_nobody_has_open_is_open_for_writing_to_nobody) {
    auto store = open();
    NodeRef made = run(store->create(*store->root(), "f", {.mode = 0755})).value().node;
    ASSERT_TRUE(run(store->opened(*made, OpenAccess::both)).has_value());
    const std::string script = "#!/bin/sh\nexit 7\n";
    BufferChain data(Buffer::copy_of(script));
    ASSERT_TRUE(run(store->write(*made, 0, data, Stability::unstable)).has_value());
    store->closed(*made);
    auto executed = [this] {
        const int status = std::system((root_ / "f").c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };
    EXPECT_EQ(executed(), 7);
    // Without an open, and for reading.
    ASSERT_TRUE(run(store->write(*made, 0, data, Stability::unstable)).has_value());
    ASSERT_TRUE(run(store->commit(*made, 0, 0)).has_value());
    EXPECT_EQ(executed(), 7);
    ASSERT_TRUE(run(store->opened(*made, OpenAccess::read)).has_value());
    EXPECT_EQ(run(store->read(*made, 0, 100)).value().data.size(), script.size());
    EXPECT_EQ(executed(), 7);
    store->closed(*made);
}

TEST_F(LocalStoreTest, an_unlinked_file_that_is_held_goes_on_and_its_space_comes_back) {
    auto store = open();
    NodeRef held = run(store->create(*store->root(), "f", {.mode = 0644})).value().node;
    ASSERT_TRUE(run(store->opened(*held, OpenAccess::both)).has_value());
    ASSERT_TRUE(run(store->remove(*store->root(), "f", RemoveKind::file)).has_value());
    BufferChain data(Buffer::copy_of("still here"));
    ASSERT_TRUE(run(store->write(*held, 0, data, Stability::unstable)).has_value());
    EXPECT_EQ(run(store->read(*held, 0, 100)).value().data.flatten().text(), "still here");
    size_t before = open_descriptors();
    Node& node = *held;
    store->closed(node);
    held = {};
    NodeRef other = run(store->create(*store->root(), "g", {.mode = 0644})).value().node;
    EXPECT_LT(open_descriptors(), before + 1);
}

TEST_F(LocalStoreTest, descriptors_are_bounded_however_many_files_are_known) {
    for (int i = 0; i < 500; i++) put(root_ / ("f" + std::to_string(i)), "x");
    auto store = open(100);
    size_t before = open_descriptors();
    for (int i = 0; i < 500; i++) {
        NodeRef node = must(store->lookup(*store->root(), "f" + std::to_string(i)));
        ASSERT_TRUE(run(store->read(*node, 0, 1)).has_value());
    }
    EXPECT_LE(open_descriptors() - before, 220u);
}

TEST_F(LocalStoreTest, an_exclusive_create_is_replayed_by_its_verifier) {
    auto store = open();
    NewNode what{.mode = 0600, .verifier = {std::byte{1}}, .exclusive = true};
    auto first = run(store->create(*store->root(), "f", what)).value();
    EXPECT_TRUE(first.created);
    ASSERT_TRUE(run(store->setattr(*first.node, {.mtime = SetTime{true, {}}})).has_value());
    auto again = run(store->create(*store->root(), "f", what));
    ASSERT_TRUE(again.has_value());
    EXPECT_FALSE(again->created);
    EXPECT_EQ(again->node, first.node);
    auto names = run(store->listxattrs(*first.node, 0, 1000));
    EXPECT_TRUE(names->names.empty());
    first.node = again->node = {};
    store = open();  // after a restart
    EXPECT_FALSE(run(store->create(*store->root(), "f", what)).value().created);
    what.verifier = {std::byte{2}};
    EXPECT_EQ(run(store->create(*store->root(), "f", what)).error().code, Errc::exist);
}

TEST_F(LocalStoreTest, a_listing_continues_from_any_cookie) {
    for (int i = 0; i < 300; i++) put(root_ / ("file" + std::to_string(i)), "x");
    auto store = open();
    std::set<std::string> seen;
    ReadDir args{.max_bytes = 2000, .mask = stat_mask | Attr::handle};
    for (bool eof = false; !eof;) {
        auto part = run(store->readdir(*store->root(), args)).value();
        for (auto& entry : part.entries) {
            EXPECT_GT(entry.cookie, 2u);
            EXPECT_TRUE(entry.attributes.has(Attr::handle));
            EXPECT_TRUE(seen.insert(std::string(entry.name)).second);
            args.cookie = entry.cookie;
        }
        eof = part.eof;
    }
    EXPECT_EQ(seen.size(), 300u);
}

}  // namespace
}  // namespace strait::local
