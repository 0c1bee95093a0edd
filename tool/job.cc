// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/job.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "reactor/descriptor.h"

namespace strait::tool {

namespace {

constexpr Duration closing_patience = 10s;

bool called_off(Error error) { return error == Errc::cancelled || error == Errc::interrupted; }

// Ends by the signal that others of its kind die from, so that a shell sees what it expects.
[[noreturn]] void die_of(int number) {
    signal(number, SIG_DFL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, number);
    sigprocmask(SIG_UNBLOCK, &set, nullptr);
    raise(number);
    _exit(128 + number);
}

class Interrupts {
  public:
    Interrupts() {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGINT);
        sigaddset(&set, SIGTERM);
        sigprocmask(SIG_BLOCK, &set, nullptr);
        signals_ = Descriptor(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    }
    // The first signal stops the job, the second one ends the process.
    Task<> watch(Reactor& reactor, StopSource& stop) {
        for (;;) {
            short ready = co_await reactor.poll_fd(signals_.get(), POLLIN);
            (void)ready;
            signalfd_siginfo info;
            if (read(signals_.get(), &info, sizeof(info)) != sizeof(info)) continue;
            if (seen_) _exit(128 + static_cast<int>(info.ssi_signo));
            seen_ = static_cast<int>(info.ssi_signo);
            stop.request_stop(Errc::interrupted);
        }
    }
    int seen() const { return seen_; }

  private:
    Descriptor signals_;
    int seen_ = 0;
};

Task<> whole_job(Job& job, const JobBody& body, Interrupts& interrupts) {
    StopSource stop;
    Scope scope{never, &stop};
    Nursery side;
    side.spawn(interrupts.watch(job.reactor(), stop));
    auto outcome = co_await body(job).within(scope).result();
    job.out().flush();
    if (!outcome && !called_off(outcome.error()) && !job.out().reader_gone()) {
        complain(errc_text(outcome.error().code));
        job.set_status(exit_failed);
    }
    auto closed = co_await job.reactor()
                      .with_deadline(job.servers().close(), MonoClock::now() + closing_patience)
                      .result();
    if (!closed) {
        complain(fmt::format("ending the connections: {}", errc_text(closed.error().code)));
        job.set_status(exit_failed);
        // What still runs refers to what would be destroyed now.
        if (closed.error() == Errc::timedout) _exit(job.status());
    }
    side.stop();
    co_await side.close();
}

}  // namespace

Job::Job(Reactor& reactor, const CommonOptions& options)
    : reactor_(reactor),
      options_(options),
      tracer_(options.trace, isatty(STDERR_FILENO) == 1),
      servers_(reactor, tracer_),
      out_(STDOUT_FILENO) {}

Task<std::optional<Place>> Job::open(const Target& target) {
    auto place = co_await servers_.open(target).result();
    if (!place) {
        if (called_off(place.error())) co_return place.error();
        failed_connecting(target, place.error());
        co_return std::optional<Place>();
    }
    co_return std::optional<Place>(std::move(*place));
}

void Job::failed(std::string_view what, const Place& place, Error error) {
    tell({.what = what, .where = place.text, .server = place.server}, error);
}

void Job::failed_connecting(const Target& target, Error error) {
    std::string server = server_name(target);
    set_status(exit_unreachable);
    tell({.what = "connect to", .where = target.text, .server = server, .connecting = true}, error);
}

void Job::tell(Failure failure, Error error) {
    set_status(exit_failed);
    if (called_off(error) || out_.reader_gone()) return;
    if (error.domain != Domain::none) failure.refusal = tracer_.refusal(failure.server, error);
    out_.flush();
    fmt::print(stderr, "{}", describe(failure, error));
}

int run_job(const CommonOptions& options, const JobBody& body) {
    signal(SIGPIPE, SIG_IGN);
    Interrupts interrupts;
    auto reactor = Reactor::create();
    if (!reactor) {
        complain(fmt::format("no event loop: {}", errc_text(reactor.error().code)));
        return exit_failed;
    }
    bool reader_gone = false;
    int status = exit_ok;
    {
        Job job(**reactor, options);
        auto outcome = (*reactor)->block_on(whole_job(job, body, interrupts));
        if (!outcome) job.set_status(exit_failed);
        if (options.stats) fmt::print(stderr, "{}", job.tracer().summary());
        reader_gone = job.out().reader_gone();
        if (!reader_gone && job.out().error().code != Errc::ok) {
            complain(fmt::format("standard output: {}", errc_text(job.out().error().code)));
            job.set_status(exit_failed);
        }
        status = job.status();
    }
    if (reader_gone) die_of(SIGPIPE);
    if (interrupts.seen() == SIGTERM) die_of(SIGTERM);
    return interrupts.seen() ? static_cast<int>(exit_interrupted) : status;
}

std::optional<std::vector<Target>> parse_targets(const std::vector<std::string>& arguments,
                                                 const CommonOptions& options, Accept accept) {
    std::vector<Target> targets;
    for (const std::string& each : arguments) {
        auto target = parse_target(each, options);
        if (!target) {
            complain(target.error().text);
            return std::nullopt;
        }
        if (accept == Accept::remote && target->kind == Target::Kind::local) {
            complain(fmt::format("'{}' is no URL: nfs://host/path, or host:/path", each));
            return std::nullopt;
        }
        targets.push_back(std::move(*target));
    }
    return targets;
}

}  // namespace strait::tool
