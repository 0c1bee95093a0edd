// SPDX-License-Identifier: LGPL-2.1-or-later
// strait doctor: each step between here and a path on a server, and what this machine offers.

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "reactor/tcp.h"
#include "tool/findings.h"
#include "tool/format.h"
#include "tool/job.h"
#include "tool/url_verbs.h"

namespace strait::tool {

namespace {

constexpr Duration patience = 5s;
constexpr int round_trips = 20;

struct Options {
    CommonOptions common;
    std::string url;
};

double milliseconds(Duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

class Doctor {
  public:
    Doctor(Job& job, const Target& target) : job_(job), target_(target) {}
    Task<> examine();

  private:
    void tell(Health health, std::string what, std::string text, std::string advice = {});
    void tell(const Finding& finding);
    void tell_failed(std::string what, Error error, bool connecting);
    Task<bool> look_at_network();
    Task<> try_versions();
    Task<> look_at_session(const Place& place);
    Task<> measure(client::nfs4::Mount& mount);
    Task<> look_at_path(const Place& place);

    Job& job_;
    const Target& target_;
};

void Doctor::tell(Health health, std::string what, std::string text, std::string advice) {
    tell(Finding{health, std::move(what), std::move(text), std::move(advice)});
}

void Doctor::tell(const Finding& finding) {
    if (finding.health == Health::fail) job_.set_status(exit_failed);
    if (!job_.options().json) {
        job_.out().text(finding_line(finding));
        return;
    }
    nlohmann::json line{
        {"health", to_string(finding.health)}, {"what", finding.what}, {"text", finding.text}};
    if (!finding.advice.empty()) line["advice"] = finding.advice;
    job_.out().print("{}\n", json_line(line));
}

void Doctor::tell_failed(std::string what, Error error, bool connecting) {
    std::string server = server_name(target_);
    Failure failure{
        .what = what, .where = target_.text, .server = server, .connecting = connecting};
    std::string advice(hint(error, failure));
    tell(Health::fail, std::move(what), std::string(errc_text(error.code)), std::move(advice));
    if (connecting) job_.set_status(exit_unreachable);
}

// Whether one address took a connection.
Task<bool> Doctor::look_at_network() {
    Reactor& reactor = job_.reactor();
    MonoTime begin = MonoClock::now();
    auto addresses =
        co_await reactor
            .with_deadline(Address::resolve(reactor, target_.url.host, target_.options.port),
                           begin + patience)
            .result();
    if (!addresses) {
        tell_failed("name", addresses.error(), true);
        co_return false;
    }
    std::string all;
    for (const Address& each : *addresses) all += (all.empty() ? "" : ", ") + each.host();
    tell(Health::ok, "name",
         fmt::format("{} is {} ({:.1f} ms)", target_.url.host, all,
                     milliseconds(MonoClock::now() - begin)));
    bool any = false;
    for (const Address& each : *addresses) {
        begin = MonoClock::now();
        auto stream =
            co_await reactor.with_deadline(TcpStream::connect(reactor, each), begin + patience)
                .result();
        any = any || stream;
        if (stream) {
            tell(Health::ok, "connection",
                 fmt::format("{} in {:.2f} ms", each.format(),
                             milliseconds(MonoClock::now() - begin)));
        } else if (addresses->size() > 1) {
            tell(Health::warn, "connection",
                 fmt::format("{}: {}", each.format(), errc_text(stream.error().code)),
                 "the other addresses are tried, too");
        } else {
            tell_failed("connection", stream.error(), true);
        }
    }
    if (!any && addresses->size() > 1) tell_failed("connection", Errc::hostunreach, true);
    co_return any;
}

Task<> Doctor::try_versions() {
    client::Url root = target_.url;
    root.path = "/";
    for (uint32_t minor : {2u, 1u}) {
        client::MountOptions options = target_.options;
        options.minor = minor;
        auto connecting =
            client::nfs4::Mount::connect(job_.reactor(), root, options, &job_.tracer());
        auto mount = co_await job_.reactor()
                         .with_deadline(std::move(connecting), MonoClock::now() + patience)
                         .result();
        std::string name = fmt::format("NFSv4.{}", minor);
        if (mount) {
            tell(Health::ok, name, "spoken");
            auto closed = co_await (*mount)->close().result();
            (void)closed;
        } else {
            tell(minor == 2 ? Health::warn : Health::ok, name,
                 fmt::format("not spoken ({})", errc_text(mount.error().code)),
                 minor == 2 ? "copies, holes and attributes by the server need it" : "");
        }
    }
}

Task<> Doctor::look_at_session(const Place& place) {
    client::nfs4::Mount* mount = job_.servers().client(place);
    const client::nfs4::SessionLimits& limits = mount->session().limits();
    std::string text = fmt::format(
        "vers=4.{}, {} calls at once, {} a request, {} a reply, {} "
        "operations a compound",
        mount->session().minor(), limits.slots, human_size(limits.max_request),
        human_size(limits.max_response), limits.max_operations);
    bool narrow = limits.slots < 16 || limits.max_response < (256u << 10);
    tell(narrow ? Health::warn : Health::ok, "session", std::move(text),
         narrow ? "the server grants little: large transfers will be slow; look at its settings"
                : "");
    co_await measure(*mount);
    vfs::Capabilities can = mount->capabilities();
    std::string list = "COMPOUND";
    if (can.seek) list += ", holes";
    if (can.allocate) list += ", allocate";
    if (can.copy) list += ", copy";
    if (can.clone) list += ", clone";
    if (can.xattrs) list += ", xattrs";
    tell(Health::ok, "can", std::move(list));
}

Task<> Doctor::measure(client::nfs4::Mount& mount) {
    std::vector<Duration> times;
    vfs::Compound program;
    program.root().getattr(vfs::Attr::type);
    for (int i = 0; i < round_trips; i++) {
        MonoTime begin = MonoClock::now();
        vfs::Reply reply = co_await mount.run(program);
        times.push_back(MonoClock::now() - begin);
    }
    std::ranges::sort(times);
    double median = milliseconds(times[times.size() / 2]), worst = milliseconds(times.back());
    constexpr double far_ms = 20;
    tell(
        median > far_ms ? Health::warn : Health::ok, "round trip",
        fmt::format("{:.3f} ms (best {:.3f}, worst {:.3f})", median, milliseconds(times[0]), worst),
        median > far_ms ? "each call waits so long: work on many files at once" : "");
}

Task<> Doctor::look_at_path(const Place& place) {
    auto found = co_await place.files->stat(place.at()).result();
    if (!found) {
        tell_failed("path", found.error(), false);
        co_return;
    }
    tell(Health::ok, "path",
         fmt::format("{}, {} {}:{}", type_text(found->type), mode_text(found->type, found->mode),
                     user_name(found->uid), group_name(found->gid)));
    uint32_t uid = target_.options.uid.value_or(geteuid());
    bool directory = found->type == vfs::FileType::directory;
    uint32_t wanted = vfs::access_read | (directory ? vfs::access_lookup : 0);
    auto reads = co_await place.files->access(place.at(), wanted).result();
    auto writes =
        co_await place.files->access(place.at(), vfs::access_modify | vfs::access_extend).result();
    std::string text =
        fmt::format("uid {} may {}read, {}write", uid, reads ? "" : "not ", writes ? "" : "not ");
    if (reads && writes) {
        tell(Health::ok, "rights", std::move(text));
    } else if (uid == 0) {
        tell(reads ? Health::warn : Health::fail, "rights", std::move(text),
             "root is squashed there, or the export is read-only: be another user (-o "
             "uid=N,gid=N), or ask for no_root_squash");
    } else {
        tell(reads ? Health::warn : Health::fail, "rights", std::move(text),
             "as the mode above says, or the export is read-only or squashes users");
    }
    auto space = co_await place.files->statfs(place.at()).result();
    if (space)
        tell(Health::ok, "space",
             fmt::format("{} of {} available", human_size(space->space_available),
                         human_size(space->space_total)));
}

Task<> Doctor::examine() {
    bool uring = job_.reactor().backend_kind() == BackendKind::uring;
    for (const Finding& each : look_at_machine(uring)) tell(each);
    if (target_.kind != Target::Kind::nfs) co_return;
    bool reached = co_await look_at_network();
    if (!reached) co_return;
    co_await try_versions();
    auto place = co_await job_.servers().open(target_).result();
    if (!place) {
        tell_failed("session", place.error(), true);
        co_return;
    }
    co_await look_at_session(*place);
    co_await look_at_path(*place);
}

Task<> doctor(Job& job, const Target& target) {
    Doctor doctor(job, target);
    co_await doctor.examine();
}

}  // namespace

void declare_doctor(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = add_verb(tool, "doctor", "Find out what is wrong between here and a server",
                              "strait doctor nfs://nas1/data", options->common, Json::yes);
    verb->add_option("url", options->url, "The path that makes trouble")->required();
    verb->callback([options, &action] {
        action = [options]() -> int {
            auto targets = parse_targets({options->url}, options->common, Accept::remote);
            if (!targets) return exit_usage;
            return run_job(options->common,
                           [&](Job& job) { return doctor(job, targets->front()); });
        };
    });
}

}  // namespace strait::tool
