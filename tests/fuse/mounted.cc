// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/fuse/mounted.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "backend/local/local_store.h"
#include "backend/memory/memory.h"

namespace strait::fuse::test {

namespace {

std::string make_folder() {
    std::string made = "/tmp/strait-fuse-test-XXXXXX";
    if (!mkdtemp(made.data())) std::abort();
    chmod(made.c_str(), 0755);
    return made;
}

// What the bridge owns: another way to what the test owns.
class Through final : public vfs::Backend {
  public:
    Through(vfs::Backend& inner, Gate& gate) : inner_(inner), gate_(gate) {}
    Task<vfs::Reply> run(const vfs::Compound& program) override {
        co_await gate_.pass();
        co_return co_await inner_.run(program);
    }
    vfs::Capabilities capabilities() const override { return inner_.capabilities(); }

  private:
    vfs::Backend& inner_;
    Gate& gate_;
};

}  // namespace

Server::Server(const std::string& kind) {
    if (kind == "local") {
        folder_ = make_folder();
        store_ = std::move(*local::LocalStore::make(folder_));
    } else {
        const std::string more = kind == "memory" ? "" : kind.substr(kind.find(':') + 1) + ",";
        store_ = std::move(*backend::make_memory_store(more + "mode=755"));
    }
    backend_ = std::make_unique<vfs::StepBackend>(*store_);
}

Server::~Server() {
    backend_.reset();
    store_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
}

void Gate::open() {
    closed_ = false;
    reactor->post([this] { opened_.notify_all(); });
}

void Gate::wait_for_waiting(size_t count) {
    std::unique_lock held(mutex_);
    changed_.wait(held, [&] { return waiting_ >= count; });
}

Task<> Gate::pass() {
    while (closed_) {
        {
            std::lock_guard held(mutex_);
            waiting_++;
        }
        changed_.notify_all();
        auto woken = co_await opened_.wait().result();
        {
            std::lock_guard held(mutex_);
            waiting_--;
        }
        if (!woken) co_await woken.error();
    }
}

BridgeOptions Mounted::default_options() {
    BridgeOptions options;
    options.per_caller = true;
    return options;
}

Mounted::Mounted(Server& server, BridgeOptions options, std::vector<std::string> more)
    : folder_(make_folder()) {
    auto mounted = mounted_.get_future();
    thread_ = std::thread([&server, options, more, this] { live(server, options, more); });
    if (!mounted.get()) std::abort();
}

void Mounted::live(Server& server, BridgeOptions options, std::vector<std::string> more) {
    reactor_ = std::move(*Reactor::create());
    gate_.reactor = reactor_.get();
    recorder_ = std::make_unique<vfs::Recorder>(server.backend());
    auto through = std::make_unique<Through>(*recorder_, gate_);
    bridge_ = std::move(
        *reactor_->block_on(Bridge::create(*reactor_, std::move(through), {}, std::move(options))));
    MountRequest request{.directory = folder_, .options = std::move(more), .descriptor = -1};
    for (const char* option :
         {"allow_other", "default_permissions", "subtype=strait", "dev", "suid"})
        request.options.emplace_back(option);
    std::string complaint;
    bool done = bridge_->mount(request, complaint).has_value();
    if (!done) fprintf(stderr, "mounting failed: %s\n", complaint.c_str());
    mounted_.set_value(done);
    Scope scope{never, &stop_};
    auto served = reactor_->block_on(bridge_->serve().within(scope));
    (void)served;
    auto left = reactor_->block_on(leave_.wait());
    (void)left;
    auto closed = reactor_->block_on(bridge_->close());
    (void)closed;
    bridge_.reset();
    recorder_.reset();
    reactor_.reset();
}

Mounted::~Mounted() {
    gate_.open();
    umount2(folder_.c_str(), MNT_DETACH);
    reactor_->post([this] {
        stop_.request_stop();
        leave_.set();
    });
    thread_.join();
    rmdir(folder_.c_str());
}

std::string Mounted::path(std::string_view name) const {
    return name.empty() ? folder_ : folder_ + "/" + std::string(name);
}

uint64_t Mounted::programs() {
    uint64_t count = recorder_->counts().programs;
    recorder_->reset();
    return count;
}

void put(const std::string& path, std::string_view text) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << text;
    file.close();
    EXPECT_TRUE(file.good()) << path;
}

std::string get(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file.good()) << path;
    std::ostringstream out;
    out << file.rdbuf();
    return out.str();
}

pid_t start_child(const std::function<int()>& work) {
    pid_t child = fork();
    if (child == 0) _exit(work());
    return child;
}

int wait_for(pid_t child) {
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int in_child(const std::function<int()>& work) { return wait_for(start_child(work)); }

std::string pattern(size_t size) {
    std::string made(size, '\0');
    for (size_t i = 0; i < size; i++) made[i] = static_cast<char>('a' + (i * 7 + i / 251) % 26);
    return made;
}

INSTANTIATE_TEST_SUITE_P(Stores, MountTest, ::testing::Values("memory", "local"),
                         [](const auto& info) { return info.param; });

struct stat look(const std::string& path) {
    struct stat found{};
    EXPECT_EQ(lstat(path.c_str(), &found), 0) << path;
    return found;
}

}  // namespace strait::fuse::test
