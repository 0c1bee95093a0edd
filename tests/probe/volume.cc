// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/probe/volume.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>

#include "client/nfs4/mount.h"
#include "client/options.h"
#include "client/policy.h"
#include "client/url.h"

namespace strait::probe {
namespace {

[[noreturn]] void refuse(const client::UrlError& error) {
    fmt::print(stderr, "{}\n", error.text);
    std::_Exit(2);
}

}  // namespace

Volume::Volume(const std::string& url) {
    auto reactor = Reactor::create();
    if (!reactor) give_up("reactor", reactor.error());
    reactor_ = std::move(*reactor);
    // As asyncapi's context has it.
    reactor_->watch(&patience_.emplace(*reactor_));
    vfs::FileSystemOptions options;
    options.sleep = [loop = reactor_.get()](Duration pause) { return loop->sleep_for(pause); };
    options.close_patience = 2ms;
    files_ = std::make_unique<vfs::FileSystem>(std::move(options));
    must(mount(url), url);
}

Volume::~Volume() { must(files_->close(), "close"); }

Task<> Volume::mount(std::string text) {
    const auto url = client::parse_url(text);
    if (!url) refuse(url.error());
    const auto options = client::parse_options(*url);
    if (!options) refuse(options.error());
    auto backend = co_await client::nfs4::Mount::connect(*reactor_, *url, *options);
    auto credential = make_ref<vfs::Credential>(geteuid(), getegid());
    co_await files_->mount(mount_point, std::move(backend), client::policy_of(*options),
                           std::move(credential));
}

void Volume::give_up(const std::string& what, Error error) {
    fmt::print(stderr, "{}: {}\n", what, errc_name(error.code));
    std::_Exit(1);
}

}  // namespace strait::probe
