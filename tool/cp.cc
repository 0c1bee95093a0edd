// SPDX-License-Identifier: LGPL-2.1-or-later
// strait cp: between here and servers, and between servers.

#include <memory>

#include "tool/copier.h"
#include "tool/ends.h"
#include "tool/url_verbs.h"

namespace strait::tool {

using vfs::FileType;

namespace {

struct Options {
    CommonOptions common;
    CopyOptions copy;
    std::vector<std::string> places;  // the last one is the target
};

bool is_standard(const Target& target) {
    return target.kind == Target::Kind::local && target.text == "-";
}

Task<> print_file(Job& job, Copier& copier, const Place& from) {
    std::unique_ptr<DataSource> source = co_await open_source(job.reactor(), from);
    std::unique_ptr<DataTarget> target = standard_output(job.reactor(), job.out());
    auto copied = co_await copier.copy_stream(*source, *target).result();
    co_await source->close();
    co_await copied;
}

// The places of the copies; an error is the usage's.
Task<> add_all(Job& job, Copier& copier, const std::vector<Target>& sources, const Place& to) {
    std::optional<vfs::Attributes> there = co_await look(to, true);
    bool into = there && there->type == FileType::directory;
    if (sources.size() > 1 && !into) {
        job.failed("copy into", to, there ? Errc::notdir : Errc::noent);
        co_return;
    }
    for (const Target& target : sources) {
        std::optional<Place> from = co_await job.open(target);
        if (!from) continue;
        std::string name(from->name());
        bool nameless = name.empty() || name == "." || name == "..";
        copier.add(*from, into && !nameless ? to.child(name) : to);
    }
}

Task<> copy(Job& job, const Options& options, const std::vector<Target>& targets) {
    Copier copier(job, options.copy);
    std::vector<Target> sources(targets.begin(), targets.end() - 1);
    if (is_standard(targets.back())) {
        for (const Target& each : sources) {
            std::optional<Place> from = co_await job.open(each);
            if (!from) continue;
            auto outcome = co_await print_file(job, copier, *from).result();
            if (!outcome) job.failed("read", *from, outcome.error());
        }
        co_return;
    }
    std::optional<Place> to = co_await job.open(targets.back());
    if (!to) co_return;
    if (is_standard(sources[0])) {
        auto outcome = co_await copier.copy_input(*to).result();
        if (!outcome) job.failed("write", *to, outcome.error());
        co_return;
    }
    auto added = co_await add_all(job, copier, sources, *to).result();
    if (!added) {
        job.failed("copy to", *to, added.error());
        co_return;
    }
    co_await copier.run();
}

int run(const Options& options) {
    auto targets = parse_targets(options.places, options.common, Accept::any);
    if (!targets) return exit_usage;
    if (targets->size() < 2) {
        complain("cp: name a source and a target");
        return exit_usage;
    }
    bool input = false;
    for (size_t i = 0; i + 1 < targets->size(); i++) input |= is_standard((*targets)[i]);
    if (input && targets->size() > 2) {
        complain("cp: - (standard input) is the only source, where it is one");
        return exit_usage;
    }
    return run_job(options.common, [&](Job& job) { return copy(job, options, *targets); });
}

}  // namespace

void declare_cp(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* verb =
        add_verb(tool, "cp", "Copy files and trees: to, from and between servers",
                 "strait cp -r results nfs://nas1/data/run7", options->common, Json::no);
    verb->add_option("place", options->places,
                     "SOURCE... TARGET: URLs or local paths; - is standard input or output")
        ->required();
    verb->add_flag("-r,-R,--recursive", options->copy.recursive, "Directories with all in them");
    verb->add_flag("-p,--preserve", options->copy.preserve, "Keep modes, times and owners");
    verb->add_flag("-v,--verbose", options->copy.verbose, "Tell each file");
    verb->add_flag("--progress", options->copy.progress,
                   "A bar from the start (on a terminal; without it after a second)");
    verb->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace strait::tool
