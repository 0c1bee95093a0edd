// SPDX-License-Identifier: LGPL-2.1-or-later
// The agent: the ring door over the user's file systems, on one reactor.

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/log.h"
#include "preload/door/door.h"
#include "tool/agent_control.h"
#include "tool/agent_folder.h"
#include "tool/agent_hosted.h"
#include "tool/agent_mounts.h"
#include "tool/agent_trace.h"
#include "tool/format.h"
#include "tool/mount_hosted.h"
#include "wire/shm/agent_name.h"

namespace strait::tool {

namespace {

constexpr Duration idle_limit = 5min;
using Json = nlohmann::json;

class Agent {
  public:
    Agent(Reactor& reactor, std::string folder)
        : reactor_(reactor),
          folder_(std::move(folder)),
          mounts_(reactor, trace_, folder_),
          hosted_(reactor, mounts_) {}

    Task<> serve(int ready);

  private:
    Task<std::string> control(std::string line, std::vector<Descriptor> descriptors);
    Task<Json> check(std::string mounts);
    Task<Json> host(std::string line, std::vector<Descriptor> descriptors);
    Json status() const;
    Json stats() const;
    Json programs() const;
    Task<> wait_for_the_last_one();
    Task<> end_when_idle();
    Task<> end_on_signal();
    Task<> stop_serving();
    Task<> end_at_the_latest();

    Reactor& reactor_;
    const std::string folder_;
    AgentTrace trace_;
    AgentMounts mounts_;
    HostedMounts hosted_;
    Descriptor life_;
    std::unique_ptr<preload::RingDoor> door_;
    StopSource stop_;
    const MonoTime started_ = MonoClock::now();
};

// Removes the socket first: whoever comes from now on starts another agent.
Task<> Agent::stop_serving() {
    if (stop_.stopped()) co_return;  // the socket may be the next agent's by now
    unlink((folder_ + shm::agent_socket.text).c_str());
    std::error_code ignored;  // copies of programs that lie under prefixes: made again when needed
    std::filesystem::remove_all(folder_ + shm::mirror_name, ignored);
    reactor_.spawn(end_at_the_latest());
    stop_.request_stop();
    co_return;
}

// A server that is gone keeps the data that waits for it waiting, and its hard mount with it: an
// agent that was told to end does so all the same.
Task<> Agent::end_at_the_latest() {
    constexpr Duration patience = 30s;
    co_await reactor_.sleep_for(patience);
    log_error(
        "a server has not answered for {} s since this agent was told to end: what was not "
        "written back to it is lost",
        std::chrono::duration_cast<std::chrono::seconds>(patience).count());
    _exit(EXIT_FAILURE);
}

// An agent that was told to stop still writes back what its programs wrote. At the servers we take
// its place, which ends its opens there: so not before it is done, unless that takes for ever.
Task<> Agent::wait_for_the_last_one() {
    constexpr Duration patience = 10s, pause = 20ms;
    const std::string path = folder_ + shm::agent_life.text;
    life_ = Descriptor(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    const MonoTime until = MonoClock::now() + patience;
    while (life_ && flock(life_.get(), LOCK_EX | LOCK_NB) != 0 && MonoClock::now() < until)
        co_await reactor_.sleep_for(pause);
}

Task<> Agent::serve(int ready) {
    co_await wait_for_the_last_one();
    std::string path = folder_ + shm::agent_socket.text;
    unlink(path.c_str());  // the lock says that nobody listens there
    Address address = co_await Address::unix_socket(path);
    UnixListener listener = co_await UnixListener::bind(reactor_, address);
    door_ = co_await preload::RingDoor::create(
        reactor_, std::move(listener),
        [this](std::string_view mounts) { return mounts_.files(mounts); },
        [this](std::string line, std::vector<Descriptor> descriptors) {
            return control(std::move(line), std::move(descriptors));
        });
    if (ready >= 0) {
        [[maybe_unused]] ssize_t told = write(ready, "r", 1);
        ::close(ready);
    }
    Nursery side;
    side.spawn(end_when_idle());
    side.spawn(end_on_signal());
    Scope scope{never, &stop_};
    auto outcome = co_await door_->serve().within(scope).result();
    side.stop();
    co_await side.close();
    co_await hosted_.close();
    co_await mounts_.close();
    if (!outcome) log_error("the agent ended: {}", errc_text(outcome.error().code));
}

Task<> Agent::end_when_idle() {
    for (;;) {
        co_await reactor_.sleep_for(idle_limit / 10);
        const bool needed = !hosted_.list().empty();
        if (!needed && MonoClock::now() - idle_limit > door_->idle_since()) co_await stop_serving();
    }
}

Task<> Agent::end_on_signal() {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, nullptr);
    Descriptor signals(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    short seen = co_await reactor_.poll_fd(signals.get(), POLLIN);
    (void)seen;
    co_await stop_serving();
}

Json Agent::status() const {
    auto up = std::chrono::duration_cast<std::chrono::seconds>(MonoClock::now() - started_);
    Json mounts = Json::array();
    for (const HostedMounts::Mount& each : hosted_.list())
        mounts.push_back({{"directory", each.directory}, {"url", each.url}});
    return {{"pid", getpid()},
            {"folder", folder_},
            {"mounts", mounts},
            {"programs", door_->programs()},
            {"open_files", door_->open_files()},
            {"up_s", up.count()}};
}

Json Agent::programs() const {
    Json list = Json::array();
    for (const preload::RingDoor::Program& each : door_->list_programs())
        list.push_back({{"pid", each.pid}, {"open_files", each.open_files}, {"calls", each.calls}});
    return list;
}

Json Agent::stats() const {
    Json calls = Json::object();
    constexpr const char* names[] = {
#define X(name) #name,
        STRAIT_SHM_OPS(X)
#undef X
    };
    uint64_t all = 0;
    for (size_t i = 0; i < door_->calls().size(); ++i) {
        all += door_->calls()[i];
        if (door_->calls()[i]) calls[names[i]] = door_->calls()[i];
    }
    const client::RpcCounters& rpcs = trace_.counters;
    Json operations = Json::object();
    for (const auto& [name, count] : rpcs.operations) operations[name] = count;
    auto waited = std::chrono::duration_cast<std::chrono::microseconds>(rpcs.waited);
    return {{"rpcs", rpcs.rpcs},
            {"rpc_operations", operations},
            {"rpcs_failed", rpcs.failed},
            {"resends", rpcs.resends},
            {"connects", rpcs.connects},
            {"sent_bytes", rpcs.request_bytes},
            {"received_bytes", rpcs.reply_bytes},
            {"waited_us", waited.count()},
            {"calls", all},
            {"calls_by_name", calls}};
}

Task<Json> Agent::check(std::string mounts) {
    auto files = co_await mounts_.files(mounts).result();
    if (files) co_return Json{{"ok", true}};
    co_return Json{{"ok", false},
                   {"error", std::string(errc_text(files.error().code))},
                   {"complaint", mounts_.last_complaint()}};
}

// "reach JSON", "host JSON" with /dev/fuse.
Task<Json> Agent::host(std::string line, std::vector<Descriptor> descriptors) {
    const size_t space = line.find(' ');
    auto command = from_line(std::string_view(line).substr(space + 1));
    if (!command)
        co_return Json{{"ok", false},
                       {"errno", EINVAL},
                       {"complaint", "the agent lives in another user or mount namespace"},
                       {"error", "leave out --agent"}};
    std::string complaint;
    Result<> done;
    if (line.starts_with("reach")) {
        done = co_await hosted_.reach(*command, complaint).result();
    } else {
        Descriptor device = descriptors.empty() ? Descriptor() : std::move(descriptors[0]);
        done = co_await hosted_.host(std::move(*command), std::move(device), complaint).result();
    }
    if (done) co_return Json{{"ok", true}};
    co_return Json{{"ok", false},
                   {"errno", to_errno(done.error().code)},
                   {"error", std::string(errc_text(done.error().code))},
                   {"complaint", complaint}};
}

Task<std::string> Agent::control(std::string line, std::vector<Descriptor> descriptors) {
    Json answer;
    if (line == "ping") {
        answer = {{"ok", true}};
    } else if (line == "status") {
        answer = status();
    } else if (line == "programs") {
        answer = programs();
    } else if (line == "stats") {
        answer = stats();
    } else if (line == "reset") {
        door_->reset_counters();
        trace_.counters = {};
        answer = {{"ok", true}};
    } else if (line == "stop") {
        answer = {{"ok", true}};
        reactor_.spawn(stop_serving());
    } else if (line.starts_with("trace ")) {
        answer = {{"ok", trace_.listen(line.substr(6)).has_value()}};
    } else if (line.starts_with("check ")) {
        answer = co_await check(line.substr(6));
    } else if (line.starts_with("reach ") || line.starts_with("host ")) {
        answer = co_await host(std::move(line), std::move(descriptors));
    } else {
        answer = {{"ok", false}, {"error", "unknown request"}};
    }
    co_return json_line(answer) + "\n";
}

void raise_descriptor_limit() {
    rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

int serve_agent(const std::string& folder, int ready) {
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    if (auto made = make_agent_folder(folder); !made) {
        log_error("{}: {}", folder, errc_text(made.error().code));
        return 1;
    }
    auto reactor = Reactor::create();
    if (!reactor) {
        log_error("no event loop: {}", errc_text(reactor.error().code));
        return 1;
    }
    Agent agent(**reactor, folder);
    auto outcome = (*reactor)->block_on(agent.serve(ready));
    if (!outcome) log_error("{}: {}", folder, errc_text(outcome.error().code));
    return outcome ? 0 : 1;
}

}  // namespace strait::tool
