// SPDX-License-Identifier: LGPL-2.1-or-later
// Four threads run random programs on one memory store. What holds whatever the order: nothing
// crashes or races (run under TSan), accounts and link counts agree at the end.
#include <gtest/gtest.h>

#include <random>
#include <thread>

#include "backend/memory/memory.h"
#include "vfs/step_backend.h"

namespace strait::vfs {
namespace {

constexpr int threads = 4;
constexpr int programs = 20'000;  // of each thread
constexpr std::array names{"a", "b", "c", "d", "e", "f"};

Result<Reply> run(Backend& backend, const Compound& program) {
    Result<Reply> out = fail(Errc::io);
    start(backend.run(program), [&](Result<Reply> reply) { out = std::move(reply); });
    return out;
}

// One thread's random walk.
class Walker {
  public:
    Walker(Backend& backend, unsigned seed) : backend_(backend), random_(seed), client_(seed) {}

    void walk() {
        for (int i = 0; i < programs; i++) step();
        Result<void> ended = fail(Errc::io);
        start(backend_.expire(client_), [&](Result<void> outcome) { ended = outcome; });
        EXPECT_TRUE(ended.has_value());
    }

  private:
    std::string_view name() { return names[random_() % names.size()]; }
    std::string path() {
        std::string path(name());
        for (unsigned depth = random_() % 3; depth > 0; depth--) path.append("/").append(name());
        return path;
    }
    Owner owner() { return {client_, random_() % 3}; }
    Compound at_directory() {
        Compound program;
        program.root();
        if (random_() % 2) program.walk(name());
        return program;
    }

    void step() {
        std::string_view from = name(), to = name();
        std::string where = path();
        Compound program = at_directory();
        switch (random_() % 10) {
            case 0:
                program.add(vfs::Create{.name = from});
                break;
            case 1:
                program.remove(from);
                break;
            case 2:
                program.save().root().add(Rename{from, to, uint32_t(random_() % 3)});
                break;
            case 3:
                program.walk(from).save().root().add(Link{to});
                break;
            case 4:
                program.readdir({.mask = stat_mask});
                break;
            case 5:
                copy(program, from, to);
                break;
            case 6:
                lock(program, from);
                break;
            case 7:
                program.walk(from).setattr({.mode = 0600, .size = random_() % 20'000});
                break;
            default:
                write(program, from);
                break;
        }
        auto reply = run(backend_, program);
        ASSERT_TRUE(reply.has_value());
        run(backend_, Compound().root().walk(where).getattr(stat_mask).read(0, 65536));
    }
    Open opening(std::string_view name) {
        return {.access = OpenAccess::both,
                .name = name,
                .create = Open::Create::unchecked,
                .owner = owner()};
    }
    void write(Compound& program, std::string_view name) {
        std::string data(random_() % 40'000, 'w');
        program.open(opening(name)).write(random_() % 100'000, BufferChain(Buffer::copy_of(data)));
        program.read(0, 200'000);
        if (random_() % 2) program.close();
    }
    void copy(Compound& program, std::string_view from, std::string_view to) {
        program.walk(from).save().root().walk(to);
        program.add(vfs::Copy{random_() % 3 * 4096, random_() % 3 * 4096, 0});
    }
    void lock(Compound& program, std::string_view name) {
        LockKind kind = random_() % 2 ? LockKind::read : LockKind::write;
        program.open(opening(name));
        program.add(Lock{.kind = kind, .offset = random_() % 100, .length = 10, .owner = owner()});
        if (random_() % 2) program.close();
    }

    Backend& backend_;
    std::mt19937 random_;
    const uint64_t client_;
};

// Removes everything below the current directory of a program that goes there.
void empty_out(Backend& backend, const std::string& path) {
    auto listed = run(backend, Compound().root().walk(path).readdir({.mask = Attr::type}));
    ASSERT_TRUE(listed && listed->ok());
    for (auto& entry : listed->find<ReadDir>()->entries) {
        std::string inner = path + "/" + std::string(entry.name);
        if (entry.attributes.type == FileType::directory) empty_out(backend, inner);
        auto removed = run(backend, Compound().root().walk(path).remove(entry.name));
        EXPECT_TRUE(removed && removed->ok()) << inner;
    }
}

TEST(Storm, random_programs_on_four_threads_leave_a_sound_store) {
    auto store = std::move(*backend::make_memory_store("size=64m,files=1000"));
    StepBackend backend(*store);
    std::vector<std::thread> running;
    for (int i = 0; i < threads; i++)
        running.emplace_back([&backend, i] { Walker(backend, unsigned(i) + 1).walk(); });
    for (auto& thread : running) thread.join();
    EXPECT_EQ(backend.leases().objects(), 0u);

    empty_out(backend, "");
    auto left = run(backend, Compound().root().getattr(stat_mask | statfs_mask));
    ASSERT_TRUE(left && left->ok());
    const Attributes& root = left->find<GetAttr>()->attributes;
    EXPECT_EQ(root.nlink, 2u);
    EXPECT_EQ(root.space_free, root.space_total) << "pages are given back";
    EXPECT_EQ(root.files_free, root.files_total - 1) << "only the root is left";
}

}  // namespace
}  // namespace strait::vfs
