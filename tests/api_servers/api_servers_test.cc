// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cerrno>
#include <map>

#include "asyncapi/strait.h"
#include "tests/interop/served.h"

namespace strait::interop {
namespace {

std::string pattern(size_t size) {
    std::string made(size, '\0');
    for (size_t i = 0; i < size; i++) made[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    return made;
}
std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

class ApiServers : public ::testing::TestWithParam<std::string> {
  protected:
    static void TearDownTestSuite() {
        servers.clear();
        folder.reset();
    }
    void SetUp() override {
        const std::string& kind = GetParam();
        if (!servers.contains(kind)) {
            if (!folder) folder = std::make_unique<TempFolder>();
            std::string export_ =
                kind == "straitd" ? "x=memory:,no_root_squash" : "x=" + folder->path();
            servers[kind] = std::make_unique<Served>(kind, std::vector{export_});
        }
        Served& server = *servers[kind];
        if (!server.running()) GTEST_SKIP() << kind << ": " << server.why();
        root = server.url("/x");
        again();
        directory = root + "/" + ::testing::UnitTest::GetInstance()->current_test_info()->name();
        for (char& each : directory)
            if (each == '/' && &each > &directory[root.size()]) each = '_';
        ok(context->run(context->mkdir(directory)));
        session();
    }
    // A new client: nothing is known, one session is established, on a mount with these options.
    void session(const std::string& options = "") {
        again();
        ok(context->run(context->stat(root + options)));
        rpcs();
    }
    void again() {
        context.reset();
        context.emplace(*Context::create());
    }
    template <class T>
    T ok(Outcome<T> outcome) {
        EXPECT_TRUE(outcome.has_value()) << outcome.error().text;
        if constexpr (!std::is_void_v<T>) return std::move(*outcome);
    }
    // Since the last time.
    uint64_t rpcs() {
        uint64_t now = context->stats().rpcs;
        return now - std::exchange(seen, now);
    }

    static inline std::map<std::string, std::unique_ptr<Served>> servers;
    static inline std::unique_ptr<TempFolder> folder;
    std::optional<Context> context;
    std::string root, directory;
    uint64_t seen = 0;
};

TEST_P(ApiServers, a_cold_open_read_and_close_five_directories_deep_is_one_rpc) {
    std::string deep = directory;
    for (int i = 0; i < 5; i++) {
        deep += "/d";
        ok(context->run(context->mkdir(deep)));
    }
    ok(context->run(context->write_file(deep + "/f", bytes(pattern(4096)))));
    seen = 0;
    session();
    auto file = ok(context->run(context->open(deep + "/f")));
    EXPECT_EQ(ok(context->run(file.read(4096))).to_string(), pattern(4096));
    ok(context->run(file.close()));
    EXPECT_EQ(rpcs(), 1u);
    seen = 0;
    session();
    EXPECT_EQ(ok(context->run(context->stat(deep + "/f"))).size, 4096u);
    EXPECT_EQ(rpcs(), 1u);
}

TEST_P(ApiServers, creating_writing_and_closing_is_two_rpcs) {
    auto file = ok(
        context->run(context->open(directory + "/new", {.access = Access::write, .create = true})));
    ok(context->run(file.write(pattern(4096))));
    ok(context->run(file.close()));
    EXPECT_LE(rpcs(), 2u);
    ok(context->run(context->write_file(directory + "/whole", bytes(pattern(4096)))));
    EXPECT_EQ(rpcs(), 1u);
    EXPECT_EQ(ok(context->run(context->read_file(directory + "/new"))).to_string(), pattern(4096));
    EXPECT_EQ(rpcs(), 1u);
}

TEST_P(ApiServers, from_nothing_a_file_is_read_in_four_round_trips) {
    ok(context->run(context->write_file(directory + "/f", bytes("content"))));
    again();
    EXPECT_EQ(ok(context->run(context->read_file(directory + "/f"))).to_string(), "content");
    EXPECT_LE(context->stats().round_trips, 4u);
}

TEST_P(ApiServers, a_listing_of_a_thousand_entries_with_attributes) {
    for (int i = 0; i < 1000; i++)
        ok(context->run(context->write_file(directory + "/f" + std::to_string(i), bytes("abc"))));
    seen = 0;
    const std::string trusting = "?actimeo=600";  // however slow this machine is
    session(trusting);
    auto listing = ok(context->run(context->open_directory(directory + trusting)));
    size_t count = 0;
    for (;;) {
        auto entries = ok(context->run(listing.next()));
        if (entries.empty()) break;
        for (auto& entry : entries) {
            EXPECT_TRUE(entry.stat && entry.stat->size == 3);
            ok(context->run(context->lstat(directory + "/" + entry.name + trusting)));
        }
        count += entries.size();
    }
    EXPECT_EQ(count, 1000u);
    ok(context->run(listing.close()));
    uint64_t cost = rpcs();
    RecordProperty("rpcs", static_cast<int>(cost));
    EXPECT_LE(cost, 6u);
}

TEST_P(ApiServers, paths_are_changed_in_one_rpc_each) {
    std::string f = directory + "/f", g = directory + "/g", d = directory + "/d";
    ok(context->run(context->write_file(f, bytes("x"))));
    seen = 0;
    session();
    ok(context->run(context->change(f, {.mode = 0600})));
    EXPECT_EQ(rpcs(), 1u);
    ok(context->run(context->mkdir(d)));
    EXPECT_EQ(rpcs(), 1u);
    ok(context->run(context->symlink("f", d + "/s")));
    EXPECT_EQ(rpcs(), 1u);
    EXPECT_EQ(ok(context->run(context->readlink(d + "/s"))), "f");
    EXPECT_EQ(rpcs(), 1u);
    ok(context->run(context->rename(f, g)));
    EXPECT_EQ(rpcs(), 1u);
    ok(context->run(context->link(g, f)));
    EXPECT_EQ(rpcs(), 1u);
    EXPECT_EQ(ok(context->run(context->stat(f))).nlink, 2u);
    ok(context->run(context->unlink(g)));
    rpcs();
    ok(context->run(context->unlink(d + "/s")));
    EXPECT_EQ(rpcs(), 1u);
    ok(context->run(context->rmdir(d)));
    EXPECT_EQ(rpcs(), 1u);
    EXPECT_EQ(context->run(context->stat(g)).error().number, ENOENT);
}

TEST_P(ApiServers, large_files_go_and_come) {
    std::string content = pattern(9'000'000), place = directory + "/large";
    auto out = ok(context->run(context->open(place, {.access = Access::write, .create = true})));
    for (size_t at = 0; at < content.size(); at += 300'000)
        ok(context->run(out.write(std::string_view(content).substr(at, 300'000))));
    ok(context->run(out.close()));
    EXPECT_TRUE(ok(context->run(context->read_file(place))).to_string() == content);
    seen = 0;
    session();
    auto in = ok(context->run(context->open(place)));
    std::string got;
    for (;;) {
        auto data = ok(context->run(in.read(100'000)));
        if (data.empty()) break;
        got += data.to_string();
    }
    EXPECT_TRUE(got == content);
    ok(context->run(in.close()));
    EXPECT_LE(rpcs(), 30u);
}

TEST_P(ApiServers, an_open_file_outlives_its_name) {
    std::string content = pattern(600'000), place = directory + "/f";
    ok(context->run(context->write_file(place, bytes(content))));
    seen = 0;
    session();
    auto file = ok(context->run(context->open(place)));
    ok(context->run(context->unlink(place)));
    EXPECT_EQ(ok(context->run(file.read_at(500'000, 100))).to_string(),
              content.substr(500'000, 100));
    ok(context->run(file.close()));
}

TEST_P(ApiServers, missing_files_say_where_and_what) {
    auto missing = context->run(context->open(directory + "/none"));
    EXPECT_EQ(missing.error().number, ENOENT);
    EXPECT_NE(missing.error().text.find(directory + "/none: no such file"), std::string::npos);
    EXPECT_NE(missing.error().status.find("nfs4"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Servers, ApiServers, ::testing::Values("straitd", "ganesha"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace strait::interop
