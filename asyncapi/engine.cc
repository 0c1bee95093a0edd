// SPDX-License-Identifier: LGPL-2.1-or-later
#include "asyncapi/engine.h"

#include "client/nfs4/mount.h"
#include "client/policy.h"

namespace strait::asyncapi {

namespace {

Task<std::unique_ptr<vfs::Backend>> connect_nfs(Reactor& reactor, const client::Url& url,
                                                const client::MountOptions& options,
                                                client::TraceSink* trace) {
    std::unique_ptr<vfs::Backend> made =
        co_await client::nfs4::Mount::connect(reactor, url, options, trace);
    co_return made;
}

}  // namespace

Engine::Engine(Reactor& reactor, client::TraceSink* trace, Connect connect, Duration close_patience)
    : reactor_(reactor),
      trace_(trace),
      connect_(connect ? std::move(connect) : Connect(connect_nfs)),
      files_({.sleep = [&reactor](Duration pause) { return reactor.sleep_for(pause); },
              .close_patience = close_patience}) {}

Task<> Engine::connect(std::string prefix, const client::Url& url, std::string& why) {
    auto options = client::parse_options(url);
    if (!options) {
        why = options.error().text;
        co_await Errc::inval;
    }
    auto backend = co_await connect_(reactor_, url, *options, trace_);
    co_await files_.mount(prefix, std::move(backend), client::policy_of(*options));
}

Task<> Engine::mount(std::string prefix, std::string text, std::string& why) {
    auto url = client::parse_url(text);
    if (!url) {
        why = url.error().text;
        co_await Errc::inval;
    }
    if (!prefix.starts_with('/')) {
        why = "a mount's prefix is an absolute path: " + prefix;
        co_await Errc::inval;
    }
    co_await connect(prefix, *url, why);
}

Task<std::string> Engine::locate(std::string place, std::string& why) {
    if (!client::looks_remote(place)) {
        if (files_.covers(place)) co_return place;
        why = place + " is no URL, and below no mounted prefix";
        co_return Errc::inval;
    }
    auto url = client::parse_url(place);
    if (!url) {
        why = url.error().text;
        co_return Errc::inval;
    }
    std::string path = std::exchange(url->path, "/");
    std::string server = client::to_text(*url);
    auto held = co_await connecting_.lock();
    auto known = servers_.find(server);
    if (known == servers_.end()) {
        std::string prefix = "/@" + std::to_string(servers_.size() + 1);
        co_await connect(prefix, *url, why);
        known = servers_.emplace(server, prefix).first;
    }
    co_return known->second + path;
}

}  // namespace strait::asyncapi
