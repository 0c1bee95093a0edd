// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A bridge on a thread of its own, mounted on a folder of its own, over a store in this process,
// with a gate between that counts programs and can hold them back: a server that says nothing.

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>

#include "fuse/bridge.h"
#include "vfs/recorder.h"
#include "vfs/step_backend.h"

namespace strait::fuse::test {

// What is mounted: a store, "memory" (with options: "memory:size=1m") or "local" (in a folder of
// its own).
class Server {
  public:
    explicit Server(const std::string& kind);
    ~Server();
    vfs::Backend& backend() { return *backend_; }

  private:
    std::string folder_;
    std::unique_ptr<vfs::Store> store_;
    std::unique_ptr<vfs::StepBackend> backend_;
};

// Any thread may close and open it.
class Gate {
  public:
    void close() { closed_ = true; }
    void open();
    // Returns once so many programs stand before it.
    void wait_for_waiting(size_t count);

    // On the reactor's thread.
    Task<> pass();
    Reactor* reactor = nullptr;

  private:
    std::atomic<bool> closed_{false};
    std::mutex mutex_;
    std::condition_variable changed_;
    size_t waiting_ = 0;
    Signal opened_;
};

class Mounted {
  public:
    explicit Mounted(Server& server, BridgeOptions options = default_options(),
                     std::vector<std::string> more = {});
    ~Mounted();

    static BridgeOptions default_options();
    std::string path(std::string_view name = {}) const;
    Gate& gate() { return gate_; }
    // Compounds since the last time.
    uint64_t programs();
    Bridge& bridge() { return *bridge_; }

  private:
    void live(Server& server, BridgeOptions options, std::vector<std::string> more);

    std::string folder_;
    Gate gate_;
    std::unique_ptr<vfs::Recorder> recorder_;
    std::unique_ptr<Reactor> reactor_;
    std::unique_ptr<Bridge> bridge_;
    StopSource stop_;
    Event leave_;
    std::promise<bool> mounted_;
    std::thread thread_;
};

// A test on a mount of each kind of store.
class MountTest : public ::testing::TestWithParam<std::string> {
  protected:
    MountTest() : server_(GetParam()), mount_(server_) {}
    std::string at(std::string_view name) const { return mount_.path(name); }
    Server server_;
    Mounted mount_;
};
// On memory only: what hangs on time, counts and several mounts.
class MemoryMountTest : public ::testing::Test {
  protected:
    MemoryMountTest() : server_("memory"), mount_(server_) {}
    std::string at(std::string_view name) const { return mount_.path(name); }
    Server server_;
    Mounted mount_;
};

// A pipe's word between a test and its child.
struct Word {
    Word() { EXPECT_EQ(pipe(ends), 0); }
    ~Word() {
        close(ends[0]);
        close(ends[1]);
    }
    void say() const { (void)!::write(ends[1], "x", 1); }
    void hear() const {
        char byte;
        (void)!::read(ends[0], &byte, 1);
    }
    int ends[2];
};

// --- short words for calls; failures of what must not fail are the test's
void put(const std::string& path, std::string_view text);
std::string get(const std::string& path);
// lstat(2).
struct stat look(const std::string& path);
// 0, or errno.
template <class T>
int outcome(T returned) {
    return returned == static_cast<T>(-1) ? errno : 0;
}
// Runs `work` in a child; what it returns is the exit status.
int in_child(const std::function<int()>& work);
pid_t start_child(const std::function<int()>& work);
// Exit status, or minus the signal that ended it.
int wait_for(pid_t child);
std::string pattern(size_t size);

}  // namespace strait::fuse::test
