// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/servers.h"

#include <fmt/format.h>
#include <unistd.h>

#include "backend/memory/memory.h"
#include "client/policy.h"
#include "vfs/step_backend.h"

namespace strait::tool {

namespace {

constexpr Duration connect_patience = 30s;
// A visit of so few calls ends without a word: the client id, which holds nothing, goes with its
// lease, and the program ends two round trips earlier.
constexpr uint64_t short_visit_rpcs = 16;

vfs::FileSystemOptions options_of(Reactor& reactor) {
    vfs::FileSystemOptions options;
    options.sleep = [&reactor](Duration duration) { return reactor.sleep_for(duration); };
    return options;
}

// One program, one look at each file: what was read once is not asked again, and reads run far
// ahead.
vfs::MountPolicy far_looking(const client::MountOptions& options) {
    vfs::MountPolicy wishes;
    wishes.head_bytes = 256u << 10;
    wishes.write_behind = 16u << 20;
    wishes.readahead = 16u << 20;
    vfs::MountPolicy policy = client::policy_of(options, wishes);
    policy.readahead = std::min(policy.readahead, 256u << 20);
    return policy;
}

}  // namespace

std::string server_name(const Target& target) {
    if (target.kind != Target::Kind::nfs) return {};
    return fmt::format("{}:{}", target.url.host, target.options.port);
}

Servers::Servers(Reactor& reactor, Tracer& tracer)
    : reactor_(reactor), tracer_(tracer), files_(options_of(reactor)) {}
Servers::~Servers() = default;

Task<Place> Servers::open(const Target& target) {
    if (target.kind == Target::Kind::local) {
        Place local;
        local.path = local.text = target.text;
        co_return local;
    }
    bool memory = target.kind == Target::Kind::memory;
    client::Url root = target.url;
    root.path = "/";
    for (auto& each : servers_)
        if (each->name.empty() == memory && (memory || each->url == root))
            co_return place_on(*each, target);
    Server* made = nullptr;
    if (memory) {
        made = co_await make_memory();
    } else {
        made = co_await connect(target);
    }
    co_return place_on(*made, target);
}

Place Servers::place_on(const Server& server, const Target& target) {
    Place made;
    made.files = &files_;
    made.path = target.url.path == "/" ? server.prefix : server.prefix + target.url.path;
    made.text = target.text;
    made.server = server.name;
    made.root = server.prefix;
    made.max_write = server.max_write;
    return made;
}

Task<Servers::Server*> Servers::connect(const Target& target) {
    auto server = std::make_unique<Server>();
    server->url = target.url;
    server->url.path = "/";
    server->name = server_name(target);
    server->prefix = fmt::format("/{}", servers_.size());
    Duration patience = target.options.on_silence == client::OnSilence::hard ? connect_patience
                                                                             : target.options.timeo;
    auto connecting = client::nfs4::Mount::connect(reactor_, server->url, target.options, &tracer_);
    std::unique_ptr<client::nfs4::Mount> mount =
        co_await reactor_.with_deadline(std::move(connecting), MonoClock::now() + patience);
    server->client = mount.get();
    server->max_write = mount->capabilities().max_write;
    co_await files_.mount(server->prefix, std::move(mount), far_looking(target.options));
    servers_.push_back(std::move(server));
    co_return servers_.back().get();
}

Task<Servers::Server*> Servers::make_memory() {
    memory_ =
        co_await backend::make_memory_store(fmt::format("uid={},gid={}", geteuid(), getegid()));
    auto server = std::make_unique<Server>();
    server->prefix = fmt::format("/{}", servers_.size());
    co_await files_.mount(server->prefix, std::make_unique<vfs::StepBackend>(*memory_));
    servers_.push_back(std::move(server));
    co_return servers_.back().get();
}

client::nfs4::Mount* Servers::client(const Place& place) const {
    for (auto& each : servers_)
        if (each->prefix == place.root) return each->client;
    return nullptr;
}

Task<> Servers::close() {
    for (auto& each : servers_)
        if (each->client && tracer_.rpcs_to(each->name) <= short_visit_rpcs)
            each->client->session().leave_quietly();
    co_await files_.close();
}

}  // namespace strait::tool
