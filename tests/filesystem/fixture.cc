// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/filesystem/fixture.h"

#include "vfs/path.h"

namespace strait::vfs::test {

Task<Reply> Probe::run(const Compound& program) {
    std::string line;
    for (auto& op : program.ops) {
        if (!line.empty()) line += ' ';
        line += op_name(op);
    }
    log_.push_back(std::move(line));
    waiting++;
    while (gate_closed) co_await gate_.wait();
    waiting--;
    if (refuse) co_await refuse(program);
    Reply reply = co_await inner_.run(program);
    if (edit) edit(program, reply);
    co_return reply;
}

FileSystemTest::FileSystemTest() {
    store_ = std::move(*backend::make_memory_store(""));
    server_ = std::make_unique<StepBackend>(*store_);
    cold();
}

FileSystemTest::~FileSystemTest() {
    me_.reset();
    other_.reset();
}

FileSystemTest::Client::Client(StepBackend& server, MountPolicy policy, CredentialRef as) {
    auto made = std::make_unique<Probe>(server, log);
    probe = made.get();
    EXPECT_TRUE(files.mount("/n", std::move(made), policy, std::move(as)).has_value());
}

FileSystemTest::Client::~Client() { EXPECT_TRUE(finish(files.close()).has_value()); }

void FileSystemTest::Client::put(const std::string& path, std::string_view content) {
    OpenFlags flags = to_write;
    flags.truncate = true;
    std::string full = "/n/" + path;
    auto done = finish(files.write_file({.path = full}, bytes(content), flags));
    EXPECT_TRUE(done.has_value()) << path << ": " << errc_name(done.error().code);
}

std::string FileSystemTest::Client::get(const std::string& path) {
    std::string full = "/n/" + path;
    auto got = finish(files.read_file({.path = full}));
    EXPECT_TRUE(got.has_value()) << path << ": " << errc_name(got.error().code);
    return got ? text(*got) : std::string();
}

void FileSystemTest::Client::mkdirs(const std::string& path) {
    for (size_t i = 1; i <= count_components(path); i++) {
        std::string full = "/n/" + std::string(first_components(path, i));
        auto made = finish(files.mkdir({.path = full}, 0755));
        EXPECT_TRUE(made || made.error() == Errc::exist);
    }
}

OpenFileRef FileSystemTest::Client::open(const std::string& path, OpenFlags flags) {
    std::string full = "/n/" + path;
    auto got = finish(files.open({.path = full}, flags));
    EXPECT_TRUE(got.has_value()) << path << ": " << errc_name(got.error().code);
    return got ? *got : OpenFileRef();
}

Error FileSystemTest::Client::open_error(const std::string& path, OpenFlags flags) {
    std::string full = "/n/" + path;
    auto got = finish(files.open({.path = full}, flags));
    return got ? Error(Errc::ok) : got.error();
}

Attributes FileSystemTest::Client::stat(const std::string& path, bool follow) {
    std::string full = "/n/" + path;
    auto got = finish(files.stat({.path = full, .follow = follow}));
    EXPECT_TRUE(got.has_value()) << path << ": " << errc_name(got.error().code);
    return got ? *got : Attributes();
}

Error FileSystemTest::Client::stat_error(const std::string& path, bool follow) {
    std::string full = "/n/" + path;
    auto got = finish(files.stat({.path = full, .follow = follow}));
    return got ? Error(Errc::ok) : got.error();
}

std::string FileSystemTest::Client::read(OpenFileRef file, uint64_t offset, size_t count) {
    auto got = finish(file->read_at(offset, count));
    EXPECT_TRUE(got.has_value()) << errc_name(got.error().code);
    return got ? text(*got) : std::string();
}

void FileSystemTest::Client::write(OpenFileRef file, std::string_view content) {
    auto done = finish(file->write(bytes(content)));
    EXPECT_TRUE(done.has_value()) << errc_name(done.error().code);
}

void FileSystemTest::Client::write_at(OpenFileRef file, uint64_t offset, std::string_view content) {
    auto done = finish(file->write_at(offset, bytes(content)));
    EXPECT_TRUE(done.has_value()) << errc_name(done.error().code);
}

void FileSystemTest::Client::close(OpenFileRef& file) {
    auto done = finish(file->close());
    EXPECT_TRUE(done.has_value()) << errc_name(done.error().code);
    file = nullptr;
}

std::vector<std::string> FileSystemTest::Client::list(OpenFileRef directory, uint32_t max_bytes) {
    std::vector<std::string> names;
    uint64_t cookie = 0;
    for (;;) {
        ReadDir::Result storage;
        auto entries = finish(directory->list(cookie, max_bytes, storage));
        EXPECT_TRUE(entries.has_value()) << errc_name(entries.error().code);
        if (!entries || entries->empty()) return names;
        for (auto& entry : *entries) names.emplace_back(entry.name);
        cookie = entries->back().cookie;
    }
}

std::function<void(const Compound&, Reply&)> in_memory_only(const uint64_t& verifier) {
    return [&verifier](const Compound&, Reply& reply) {
        for (auto& result : reply.results) {
            if (auto* write = std::get_if<Write::Result>(&result)) {
                write->committed = Stability::unstable;
                write->verifier = verifier;
            }
            if (auto* commit = std::get_if<Commit::Result>(&result)) commit->verifier = verifier;
        }
    };
}

}  // namespace strait::vfs::test
