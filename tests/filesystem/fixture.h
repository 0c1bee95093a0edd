// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A FileSystem on memory, with a probe between that counts, holds back and fails compounds.

#include <gtest/gtest.h>

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "backend/memory/memory.h"
#include "base/sync.h"
#include "vfs/filesystem.h"
#include "vfs/step_backend.h"

namespace strait::vfs::test {

class Probe final : public Backend {
  public:
    Probe(Backend& inner, std::vector<std::string>& log) : inner_(inner), log_(log) {}

    Task<Reply> run(const Compound& program) override;
    Capabilities capabilities() const override {
        Capabilities made = inner_.capabilities();
        if (change_capabilities) change_capabilities(made);
        return made;
    }

    std::function<void(Capabilities&)> change_capabilities;
    // A compound that this gives an error for is not run.
    std::function<Result<>(const Compound&)> refuse;
    // Changes what the server answered.
    std::function<void(const Compound&, Reply&)> edit;
    // While closed, compounds that were sent wait here.
    bool gate_closed = false;
    size_t waiting = 0;
    void open_gate() {
        gate_closed = false;
        gate_.notify_all();
    }

  private:
    Backend& inner_;
    std::vector<std::string>& log_;
    Signal gate_;
};

template <class T>
Result<T> finish(Task<T> task) {
    std::optional<Result<T>> outcome;
    start(std::move(task), [&](Result<T> r) { outcome.emplace(std::move(r)); });
    while (run_ready() > 0) {
    }
    if (!outcome) {
        ADD_FAILURE() << "the task did not end";
        std::abort();
    }
    return std::move(*outcome);
}

inline BufferChain bytes(std::string_view text) { return BufferChain(Buffer::copy_of(text)); }
inline std::string text(const BufferChain& data) {
    std::string made;
    for (auto& part : data.parts()) made += part.text();
    return made;
}
// For Probe::edit: a server that keeps unstable data in memory only, under this verifier.
std::function<void(const Compound&, Reply&)> in_memory_only(const uint64_t& verifier);
inline std::string pattern(size_t size) {
    std::string made(size, '\0');
    for (size_t i = 0; i < size; i++) made[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    return made;
}

class FileSystemTest : public ::testing::Test {
  protected:
    FileSystemTest();
    ~FileSystemTest() override;

    // One more FileSystem on the same store: another client.
    struct Client {
        explicit Client(StepBackend& server, MountPolicy policy = {}, CredentialRef as = {});
        ~Client();
        std::vector<std::string> log;
        FileSystem files;
        Probe* probe = nullptr;

        // Paths are below the mount "/n".
        void put(const std::string& path, std::string_view content);
        std::string get(const std::string& path);
        void mkdirs(const std::string& path);
        OpenFileRef open(const std::string& path, OpenFlags flags = {});
        Error open_error(const std::string& path, OpenFlags flags = {});
        Attributes stat(const std::string& path, bool follow = true);
        Error stat_error(const std::string& path, bool follow = true);
        std::string read(OpenFileRef file, uint64_t offset, size_t count);
        void write(OpenFileRef file, std::string_view content);
        void write_at(OpenFileRef file, uint64_t offset, std::string_view content);
        void close(OpenFileRef& file);
        std::vector<std::string> list(OpenFileRef directory, uint32_t max_bytes = 32768);
        // Compounds since the last call.
        size_t count() { return std::exchange(log, {}).size(); }
    };
    Client& other() {
        if (!other_) other_ = std::make_unique<Client>(*server_);
        return *other_;
    }
    // Forgets everything: a new client on the same store.
    void cold(MountPolicy policy = {}) { me_ = std::make_unique<Client>(*server_, policy); }
    Client& me() { return *me_; }

    std::unique_ptr<Store> store_;
    std::unique_ptr<StepBackend> server_;
    std::unique_ptr<Client> me_, other_;
};

inline constexpr OpenFlags to_write{.access = OpenAccess::write, .create = true, .mode = 0644};
inline constexpr OpenFlags to_both{.access = OpenAccess::both, .create = true, .mode = 0644};

}  // namespace strait::vfs::test
