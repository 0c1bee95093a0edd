// SPDX-License-Identifier: LGPL-2.1-or-later
// strait cat: files to standard output. A small one costs one RPC; of a large one many pieces are
// on their way at once.

#include <memory>

#include "tool/job.h"
#include "tool/url_verbs.h"

namespace strait::tool {

namespace {

constexpr size_t step_bytes = 4u << 20;

struct Options {
    CommonOptions common;
    std::vector<std::string> urls;
};

Task<> print_file(Job& job, const Place& place) {
    vfs::OpenFileRef file = co_await place.files->open(place.at(), {});
    if (file->type() == vfs::FileType::directory) {
        co_await file->close();
        co_await Errc::isdir;
    }
    for (;;) {
        BufferChain data = co_await file->read(step_bytes);
        if (data.empty()) break;
        co_await job.out().write(job.reactor(), std::move(data));
    }
    co_await file->close();
}

Task<> cat(Job& job, const std::vector<Target>& targets) {
    for (const Target& target : targets) {
        std::optional<Place> place = co_await job.open(target);
        if (!place) continue;
        auto outcome = co_await print_file(job, *place).result();
        if (!outcome) job.failed("read", *place, outcome.error());
        if (job.out().error().code != Errc::ok) co_return;
        const Scope& scope = co_await this_scope;
        if (scope.stop && scope.stop->stopped()) co_return;
    }
}

}  // namespace

void declare_cat(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = add_verb(tool, "cat", "Print files", "strait cat nfs://nas1/data/notes.txt",
                              options->common, Json::no);
    verb->add_option("url", options->urls, "Files")->required();
    verb->callback([options, &action] {
        action = [options]() -> int {
            auto targets = parse_targets(options->urls, options->common, Accept::remote);
            if (!targets) return exit_usage;
            return run_job(options->common, [&](Job& job) { return cat(job, *targets); });
        };
    });
}

}  // namespace strait::tool
