// SPDX-License-Identifier: LGPL-2.1-or-later
// strait rm: files, and with -r whole trees, many entries at once.

#include <memory>

#include "tool/job.h"
#include "tool/listing.h"
#include "tool/parallel.h"
#include "tool/url_verbs.h"

namespace strait::tool {

using vfs::FileType;
using vfs::RemoveKind;

namespace {

constexpr size_t entries_at_once = 64;

struct Options {
    CommonOptions common;
    std::vector<std::string> urls;
    bool recursive = false;
    bool force = false;
};

class Remover {
  public:
    Remover(Job& job, const Options& options) : job_(job), options_(options) {}
    Task<> remove(Place place);

  private:
    Task<> remove_entry(Place place, FileType type);
    Task<> remove_tree(Place place);

    Job& job_;
    const Options& options_;
};

// What is gone already is as good as removed by us, once we have begun.
Task<> Remover::remove_entry(Place place, FileType type) {
    RemoveKind kind = type == FileType::directory ? RemoveKind::directory : RemoveKind::file;
    auto outcome = co_await place.files->remove(place.at(false), kind).result();
    if (!outcome && outcome.error() != Errc::noent) job_.failed("remove", place, outcome.error());
}

Task<> Remover::remove_tree(Place place) {
    auto entries = co_await list_directory(place).result();
    if (!entries) {
        job_.failed("list", place, entries.error());
        co_await entries.error();
    }
    Parallel files(entries_at_once);
    for (const Entry& each : *entries)
        if (each.attributes.type != FileType::directory)
            co_await files.run(remove_entry(place.child(each.name), each.attributes.type));
    co_await files.finish();
    bool all = true;
    for (const Entry& each : *entries) {
        if (each.attributes.type != FileType::directory) continue;
        auto below = co_await remove_tree(place.child(each.name)).result();
        const Scope& scope = co_await this_scope;
        if (scope.stop && scope.stop->stopped()) co_await scope.stop->reason();
        all = all && below;
    }
    // Where something below stayed, that has been told.
    if (all) co_await remove_entry(std::move(place), FileType::directory);
}

Task<> Remover::remove(Place place) {
    if (place.name().empty() || place.name() == "." || place.name() == "..") {
        job_.failed("remove", place, Errc::inval);
        co_return;
    }
    auto outcome = co_await place.files->remove(place.at(false), RemoveKind::file).result();
    if (outcome) co_return;
    Error why = outcome.error();
    if (why == Errc::noent && options_.force) co_return;
    bool directory = why == Errc::isdir;
    // Some servers say perm of a directory that is removed as a file, as POSIX lets them; and who
    // has no right to remove it is told that first, but may have the right to what is in it.
    if (options_.recursive && (why == Errc::perm || why == Errc::access)) {
        auto there = co_await place.files->stat(place.at(false), vfs::Attr::type).result();
        directory = there && there->type == FileType::directory;
    }
    if (!options_.recursive || !directory) {
        job_.failed("remove", place, why);
        co_return;
    }
    auto removed = co_await remove_tree(std::move(place)).result();
    (void)removed;  // told where it happened
}

Task<> rm(Job& job, const Options& options, const std::vector<Target>& targets) {
    Remover remover(job, options);
    for (const Target& target : targets) {
        std::optional<Place> place = co_await job.open(target);
        if (place) co_await remover.remove(*place);
        const Scope& scope = co_await this_scope;
        if (scope.stop && scope.stop->stopped()) co_return;
    }
}

}  // namespace

void declare_rm(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = add_verb(tool, "rm", "Remove files and trees",
                              "strait rm -r nfs://nas1/data/run7", options->common, Json::no);
    verb->add_option("url", options->urls, "What to remove")->required();
    verb->add_flag("-r,-R,--recursive", options->recursive, "Directories with all in them");
    verb->add_flag("-f,--force", options->force, "What is not there is no failure");
    verb->callback([options, &action] {
        action = [options]() -> int {
            auto targets = parse_targets(options->urls, options->common, Accept::remote);
            if (!targets) return exit_usage;
            return run_job(options->common, [&](Job& job) { return rm(job, *options, *targets); });
        };
    });
}

}  // namespace strait::tool
