// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>
#include <poll.h>

#include "asyncapi/context_impl.h"
#include "asyncapi/strait.h"
#include "tests/api/memory_server.h"

namespace strait::test {
namespace {

class ContextTest : public ::testing::Test {
  protected:
    ContextTest() : context(*detail::ContextMaker::make({}, server.connect())) {}
    MemoryServer server;
    Context context;
};

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

Co<std::string> write_and_read(Context& context) {
    auto made = co_await context.mkdir("nfs://nas/export");
    EXPECT_TRUE(made.has_value());
    auto file =
        co_await context.open("nfs://nas/export/f", {.access = Access::both, .create = true});
    if (!file) co_return file.error().text;
    auto written = co_await file->write("hello ");
    EXPECT_EQ(*written, 6u);
    written = co_await file->write("world");
    EXPECT_EQ(*written, 5u);
    auto data = co_await file->read_at(0, 100);
    auto status = co_await file->stat();
    EXPECT_EQ(status->size, 11u);
    EXPECT_EQ(status->kind, Kind::file);
    auto closed = co_await file->close();
    EXPECT_TRUE(closed.has_value());
    co_return data->to_string();
}

TEST_F(ContextTest, files_are_written_and_read_by_url) {
    EXPECT_EQ(context.run(write_and_read(context)), "hello world");
    EXPECT_EQ(context.run(context.read_file("nas:/export/f"))->to_string(), "hello world");
    EXPECT_EQ(server.connections, 1);
}

TEST_F(ContextTest, other_options_are_another_mount) {
    EXPECT_TRUE(context.run(context.stat("nfs://nas/")).has_value());
    EXPECT_TRUE(context.run(context.stat("nfs://nas/?ro")).has_value());
    EXPECT_TRUE(context.run(context.stat("nfs://nas/?ro")).has_value());
    EXPECT_EQ(server.connections, 2);
    auto refused = context.run(context.mkdir("nfs://nas/d?ro"));
    EXPECT_EQ(refused.error().number, EROFS);
}

TEST_F(ContextTest, failures_say_what_happened_where) {
    auto missing = context.run(context.open("nfs://nas/none"));
    EXPECT_EQ(missing.error().number, ENOENT);
    EXPECT_EQ(missing.error().text, "open nfs://nas/none: no such file or directory");
    auto unknown = context.run(context.stat("nfs://nas/f?colour=red"));
    EXPECT_EQ(unknown.error().number, EINVAL);
    EXPECT_NE(unknown.error().text.find("colour"), std::string::npos);
    EXPECT_EQ(context.run(context.stat("/tmp")).error().number, EINVAL);
}

TEST_F(ContextTest, prefixes_are_mounted) {
    EXPECT_TRUE(context.run(context.mount("/data", "nfs://nas/")).has_value());
    EXPECT_TRUE(context.run(context.write_file("/data/f", bytes("x"))).has_value());
    EXPECT_TRUE(context.run(context.symlink("/data/f", "/data/l")).has_value());
    EXPECT_EQ(context.run(context.read_file("/data/l"))->to_string(), "x");
    EXPECT_EQ(*context.run(context.readlink("/data/l")), "/data/f");
    EXPECT_EQ(context.run(context.lstat("/data/l"))->kind, Kind::symlink);
    EXPECT_EQ(context.run(context.mount("/data", "nfs://nas/")).error().number, EEXIST);
}

TEST_F(ContextTest, names_are_made_moved_and_removed) {
    EXPECT_TRUE(context.run(context.mkdir("nas:/d")).has_value());
    EXPECT_TRUE(context.run(context.write_file("nas:/d/a", bytes("1"))).has_value());
    EXPECT_TRUE(context.run(context.rename("nas:/d/a", "nas:/d/b")).has_value());
    EXPECT_TRUE(context.run(context.link("nas:/d/b", "nas:/d/c")).has_value());
    EXPECT_EQ(context.run(context.stat("nas:/d/c"))->nlink, 2u);
    EXPECT_TRUE(context.run(context.change("nas:/d/c", {.mode = 0600})).has_value());
    EXPECT_EQ(context.run(context.stat("nas:/d/b"))->mode, 0600u);
    EXPECT_EQ(context.run(context.rmdir("nas:/d")).error().number, ENOTEMPTY);
    EXPECT_EQ(context.run(context.unlink("nas:/d")).error().number, EISDIR);
    EXPECT_TRUE(context.run(context.unlink("nas:/d/b")).has_value());
    EXPECT_TRUE(context.run(context.remove("nas:/d/c")).has_value());
    EXPECT_TRUE(context.run(context.remove("nas:/d")).has_value());
}

TEST_F(ContextTest, a_directory_is_listed_with_attributes) {
    for (int i = 0; i < 300; i++) {
        std::string place = "nas:/f" + std::to_string(i);
        EXPECT_TRUE(context.run(context.write_file(place, bytes("abc"))).has_value());
    }
    auto directory = context.run(context.open_directory("nas:/"));
    size_t count = 0;
    for (;;) {
        auto entries = context.run(directory->next());
        ASSERT_TRUE(entries.has_value());
        if (entries->empty()) break;
        for (auto& entry : *entries) EXPECT_EQ(entry.stat->size, 3u);
        count += entries->size();
    }
    EXPECT_EQ(count, 300u);
    EXPECT_TRUE(context.run(directory->close()).has_value());
}

Co<> wait_for_lock(File file, bool& taken) {
    auto done = co_await file.lock(true, 0, 0, true);
    taken = done.has_value();
}

TEST_F(ContextTest, a_foreign_loop_drives_it_by_one_descriptor) {
    OpenMode both{.access = Access::both, .create = true};
    auto first = context.run(context.open("nas:/f", both));
    auto second = context.run(context.open("nas:/f", both));
    ASSERT_TRUE(context.run(first->lock(true, 0, 0, false)).has_value());
    bool taken = false;
    auto waiting = wait_for_lock(*second, taken);
    waiting.start();
    context.poll();
    EXPECT_FALSE(taken);
    auto unlocked = context.run(first->unlock(0, 0));
    EXPECT_TRUE(unlocked.has_value());
    pollfd events{*context.fd(), POLLIN, 0};
    context.poll();
    while (!taken) {
        ASSERT_GE(::poll(&events, 1, 10'000), 1);
        context.poll();
    }
    EXPECT_TRUE(context.run(first->close()).has_value());
    EXPECT_TRUE(context.run(second->close()).has_value());
}

TEST_F(ContextTest, waits_end_at_their_deadline_and_when_called_off) {
    OpenMode both{.access = Access::both, .create = true};
    auto first = context.run(context.open("nas:/f", both));
    auto second = context.run(context.open("nas:/f", both));
    ASSERT_TRUE(context.run(first->lock(true, 0, 0, false)).has_value());
    auto late = context.run(second->lock(true, 0, 0, true).within(std::chrono::milliseconds(20)));
    EXPECT_EQ(late.error().number, ETIMEDOUT);
    {
        bool taken = false;
        auto dropped = wait_for_lock(*second, taken);
        dropped.start();
        context.poll();
    }
    EXPECT_TRUE(context.run(first->close()).has_value());
    EXPECT_TRUE(context.run(second->close()).has_value());
    EXPECT_TRUE(context.run(context.close()).has_value());
}

}  // namespace
}  // namespace strait::test
