// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/straitd/options.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <thread>

#include "base/log.h"

namespace strait::server {

namespace {

constexpr const char* about =
    "straitd: an NFSv4.1 and NFSv4.2 server in user space\n\n"
    "  straitd --export data=local:/srv/data --state-dir /var/lib/straitd --listen 0.0.0.0:2049\n"
    "  straitd --export scratch=memory:size=1g,no_root_squash --listen 127.0.0.1:0\n";
constexpr const char* more =
    "Exports: NAME=BACKEND:ARG[,option...]; NAME is the path under the server's root, and may\n"
    "contain slashes. Backends: memory:[size=1g,...], local:DIRECTORY. Options: ro, root_squash\n"
    "(default), no_root_squash, all_squash, anonuid=N, anongid=N, clients=CIDR[,CIDR...].\n"
    "The first line on stdout is \"straitd: ready on ADDRESS:PORT\". SIGTERM ends it in order.";

constexpr uint32_t most_default_threads = 4;
constexpr uint32_t most_threads = 256;
constexpr uint32_t most_seconds = 24 * 3600;

struct Given {
    std::vector<std::string> exports, listen;
    std::string config, state_dir, metrics, log;
    uint32_t lease = 0, grace = 0, threads = 0;
};

void declare(CLI::App& app, Given& given) {
    app.footer(more);
    app.add_option("-e,--export", given.exports, "serve this (repeatable)")->type_name("SPEC");
    app.add_option("-l,--listen", given.listen, "listen here (repeatable; default 127.0.0.1:2049)")
        ->type_name("ADDR:PORT");
    app.add_option("-c,--config", given.config, "read these options from a TOML file")
        ->type_name("FILE");
    app.add_option("--state-dir", given.state_dir,
                   "keep here what outlives a restart: the clients that may reclaim, the key of "
                   "file handles")
        ->type_name("DIR");
    app.add_option("--lease-time", given.lease, "seconds that a silent client keeps its locks (90)")
        ->check(CLI::Range(1u, most_seconds));
    app.add_option("--grace-time", given.grace,
                   "seconds after a restart for clients to reclaim (the lease time)")
        ->check(CLI::Range(1u, most_seconds));
    app.add_option("--threads", given.threads, "threads (as many as cores, 4 at most)")
        ->check(CLI::Range(1u, most_threads));
    app.add_option("--metrics", given.metrics, "serve Prometheus metrics here, under /metrics")
        ->type_name("ADDR:PORT");
    app.add_option("--log", given.log, "error, warn, info, debug or trace (warn)")
        ->type_name("LEVEL");
    app.set_version_flag("--version", "straitd 0.1.0");
}

std::expected<Address, std::string> address(const std::string& text) {
    auto parsed = Address::parse(text);
    if (!parsed)
        return std::unexpected(
            fmt::format("\"{}\" is no address (127.0.0.1:2049, [::1]:2049)", text));
    return *parsed;
}

std::expected<void, std::string> take(const Given& given, StraitdOptions& options) {
    for (const std::string& text : given.exports) {
        auto spec = parse_export(text);
        if (!spec) return std::unexpected(spec.error());
        options.exports.push_back(std::move(*spec));
    }
    for (const std::string& text : given.listen) {
        auto parsed = address(text);
        if (!parsed) return std::unexpected("--listen: " + parsed.error());
        options.listen.push_back(*parsed);
    }
    if (!given.metrics.empty()) {
        auto parsed = address(given.metrics);
        if (!parsed) return std::unexpected("--metrics: " + parsed.error());
        options.metrics = *parsed;
    }
    if (!given.state_dir.empty()) options.state_dir = given.state_dir;
    if (!given.log.empty()) options.log = given.log;
    if (given.lease) options.lease_seconds = given.lease;
    if (given.grace) options.grace_seconds = given.grace;
    if (given.threads) options.threads = given.threads;
    return {};
}

std::expected<void, std::string> complete(StraitdOptions& options) {
    if (options.exports.empty())
        return std::unexpected(
            "nothing to serve: name an export, for example --export data=local:/srv/data");
    if (!set_log_level(options.log))
        return std::unexpected(
            fmt::format("--log: \"{}\" is none of error, warn, info, debug, trace", options.log));
    if (options.listen.empty()) options.listen.push_back(Address::loopback(2049));
    if (options.grace_seconds == 0) options.grace_seconds = options.lease_seconds;
    if (options.threads == 0)
        options.threads = std::clamp(std::thread::hardware_concurrency(), 1u, most_default_threads);
    return {};
}

}  // namespace

std::expected<StraitdOptions, EndEarly> read_options(int argc, char** argv) {
    CLI::App app(about);
    Given given;
    declare(app, given);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& end) {
        if (end.get_exit_code() == 0) {
            bool version = std::string_view(end.what()).starts_with("straitd ");
            return std::unexpected(
                EndEarly{0, version ? std::string(end.what()) + "\n" : app.help()});
        }
        return std::unexpected(EndEarly{2, fmt::format("straitd: {}\n  straitd --help lists the "
                                                       "options\n",
                                                       end.what())});
    }
    StraitdOptions options;
    std::expected<void, std::string> good;
    if (!given.config.empty()) good = read_config(given.config, options);
    if (good) good = take(given, options);
    if (good) good = complete(options);
    if (!good) return std::unexpected(EndEarly{2, "straitd: " + good.error() + "\n"});
    return options;
}

}  // namespace strait::server
