// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/mount_serve.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <fstream>

#include "backend/memory/memory.h"
#include "base/log.h"
#include "client/nfs4/mount.h"
#include "fuse/mountpoint.h"
#include "reactor/patience.h"
#include "tool/report.h"
#include "tool/servers.h"
#include "vfs/step_backend.h"

namespace strait::tool {

namespace {

constexpr Duration connect_patience = 30s;
// How long programs may go on with a mount that was detached, and how long a server may take for
// what is still to be written.
constexpr Duration leaving_patience = 5s;
constexpr Duration closing_patience = 10s;

// The same for each mount on this directory, and for no other one: a server then drops what a
// killed one held when it is mounted again.
std::string identity_of(const std::string& directory) {
    std::string boot, space(64, '\0');
    std::ifstream("/proc/sys/kernel/random/boot_id") >> boot;
    ssize_t named = readlink("/proc/self/ns/mnt", space.data(), space.size());
    if (boot.empty() || named <= 0 || directory.empty()) return {};
    space.resize(static_cast<size_t>(named));
    return fmt::format("{}/{}/mount{}", boot, space, directory);
}

class PidFile {
  public:
    explicit PidFile(std::string path) : path_(std::move(path)) {
        if (!path_.empty()) std::ofstream(path_) << getpid() << '\n';
    }
    ~PidFile() {
        if (!path_.empty()) unlink(path_.c_str());
    }
    PidFile(const PidFile&) = delete;
    PidFile& operator=(const PidFile&) = delete;

  private:
    const std::string path_;
};

// One mount's life.
class Serving {
  public:
    Serving(Reactor& reactor, MountPlan plan, Background background)
        : reactor_(reactor), plan_(std::move(plan)), background_(std::move(background)) {
        sigset_t set;
        sigemptyset(&set);
        for (int number : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, number);
        sigprocmask(SIG_BLOCK, &set, nullptr);
        signals_ = Descriptor(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    }

    Task<int> run() {
        side_.spawn(watch_signals());
        int status = co_await live();
        side_.stop();
        co_await side_.close();
        co_return status;
    }

  private:
    Task<int> live() {
        auto connected = co_await connect().result();
        if (!connected) {
            std::string server = server_name(plan_.target);
            Failure failure{.what = "connect to",
                            .where = plan_.target.text,
                            .server = server,
                            .connecting = !reached_};
            if (connected.error().domain != Domain::none)
                failure.refusal = tracer_.refusal(server, connected.error());
            fmt::print(stderr, "{}", describe(failure, connected.error()));
            co_return exit_unreachable;
        }
        std::string complaint;
        if (!bridge_->mount(plan_.request, complaint)) {
            tell_why_not_mounted(plan_, complaint);
            auto closed = co_await close_in_time().result();
            (void)closed;
            co_return exit_failed;
        }
        mounted_ = true;
        pid_file_.emplace(plan_.options.pid_file);
        bridge_->on_greeting([this] { background_.ready(exit_ok, plan_.options.log_file); });
        co_await serve();
        // What nobody may wait for any longer: nobody can ask for it either.
        auto closed = co_await close_in_time().result();
        if (!closed) log_error("{}: {}", plan_.request.directory, errc_text(closed.error().code));
        if (!closed) give_up(exit_failed);
        bridge_.reset();
        co_return exit_ok;
    }

    Task<> connect() {
        std::unique_ptr<vfs::Backend> backend;
        if (plan_.target.kind == Target::Kind::memory) {
            memory_ = co_await backend::make_memory_store(
                fmt::format("uid={},gid={}", geteuid(), getegid()));
            backend = std::make_unique<vfs::StepBackend>(*memory_);
        } else {
            client::MountOptions options = plan_.target.options;
            options.identity = identity_of(plan_.request.directory);
            auto connecting =
                client::nfs4::Mount::connect(reactor_, plan_.target.url, options, &tracer_);
            backend = co_await reactor_.with_deadline(std::move(connecting),
                                                      MonoClock::now() + connect_patience);
        }
        reached_ = true;
        auto making =
            fuse::Bridge::create(reactor_, std::move(backend), {}, std::move(plan_.bridge));
        bridge_ =
            co_await reactor_.with_deadline(std::move(making), MonoClock::now() + connect_patience);
    }

    Task<> serve() {
        Scope scope{never, &stop_};
        auto served = co_await bridge_->serve().within(scope).result();
        (void)served;
    }

    // The first signal detaches the mount and lets go of it when its users have; the second one
    // ends the process, as does one that comes before there is a mount.
    Task<> watch_signals() {
        for (bool first = true;; first = false) {
            short ready = co_await reactor_.poll_fd(signals_.get(), POLLIN);
            (void)ready;
            signalfd_siginfo info;
            if (read(signals_.get(), &info, sizeof(info)) != sizeof(info)) continue;
            if (!first || !mounted_) give_up(128 + static_cast<int>(info.ssi_signo));
            side_.spawn(detach());
            side_.spawn(leave());
        }
    }

    // It waits for pages that were written in mappings: for as long as the server does, or until
    // they are refused.
    Task<> detach() {
        if (plan_.request.descriptor >= 0) co_return;
        if (auto mounted = fuse::mounted_at(plan_.request.directory))
            connection_ = mounted->connection;
        bool done = false;
        co_await reactor_.run_blocking([this, &done] {
            std::string why;
            done = fuse::unmount(plan_.request.directory, true, why).has_value();
        });
        if (done && bridge_) bridge_->unmounted();
    }

    Task<> leave() {
        co_await reactor_.sleep_for(leaving_patience);
        stop_.request_stop(Errc::interrupted);
    }

    // The kernel keeps a process that waits within its own mount until the connection ends.
    [[noreturn]] void give_up(int status) {
        pid_file_.reset();
        if (connection_) (void)fuse::abort_connection(*connection_).has_value();
        _exit(status);
    }

    Task<> close_in_time() {
        co_await reactor_.with_deadline(bridge_->close(), MonoClock::now() + closing_patience);
    }

    Reactor& reactor_;
    MountPlan plan_;
    Background background_;
    Descriptor signals_;
    Tracer tracer_{false};
    bool reached_ = false, mounted_ = false;
    StopSource stop_;
    Nursery side_;
    std::optional<unsigned> connection_;
    std::optional<PidFile> pid_file_;
    std::unique_ptr<vfs::Store> memory_;
    std::unique_ptr<fuse::Bridge> bridge_;
};

}  // namespace

int serve_mount(MountPlan plan, Background background) {
    signal(SIGPIPE, SIG_IGN);
    auto reactor = Reactor::create();
    if (!reactor) {
        complain(fmt::format("event loop: {}", errc_text(reactor.error().code)));
        return exit_failed;
    }
    Patience patience;
    (*reactor)->watch(&patience);
    Serving serving(**reactor, std::move(plan), std::move(background));
    auto status = (*reactor)->block_on(serving.run());
    (*reactor)->watch(nullptr);
    return status ? *status : exit_failed;
}

}  // namespace strait::tool
