// SPDX-License-Identifier: LGPL-2.1-or-later
// strait mkdir.

#include <memory>

#include "tool/ends.h"
#include "tool/job.h"
#include "tool/url_verbs.h"

namespace strait::tool {

namespace {

struct Options {
    CommonOptions common;
    std::vector<std::string> urls;
    bool parents = false;
    std::string mode;
};

// From the top down; what is there already is right, when it is a directory.
Task<> make_parents(const Place& place, uint32_t above, uint32_t mode) {
    for (size_t slash = place.root.size(); slash != std::string::npos;) {
        slash = place.path.find('/', slash + 1);
        bool last = slash == std::string::npos;
        Place each = place;
        each.path.resize(std::min(slash, place.path.size()));
        auto made = co_await each.files->mkdir(each.at(), last ? mode : above).result();
        if (made) continue;
        // At the server's root, names are exports: some servers refuse before they look.
        std::optional<vfs::Attributes> there = co_await look(each, true);
        if (!there) co_await made;
        if (there->type != vfs::FileType::directory) co_await Errc::notdir;
    }
}

// In one round trip where only the last one is missing, or all are there.
Task<> make(const Options& options, const Place& place, uint32_t mode, uint32_t mask) {
    auto made = co_await place.files->mkdir(place.at(), mode).result();
    if (made || !options.parents) {
        co_await made;
        co_return;
    }
    if (made.error() != Errc::noent && made.error() != Errc::exist) co_await made;
    co_await make_parents(place, (0777 & ~mask) | 0300, mode);
}

Task<> mkdir(Job& job, const Options& options, const std::vector<Target>& targets) {
    uint32_t mask = current_umask();
    uint32_t mode = options.mode.empty()
                        ? 0777 & ~mask
                        : static_cast<uint32_t>(std::stoul(options.mode, nullptr, 8));
    for (const Target& target : targets) {
        std::optional<Place> place = co_await job.open(target);
        if (!place) continue;
        auto outcome = co_await make(options, *place, mode, mask).result();
        if (!outcome) job.failed("make directory", *place, outcome.error());
    }
}

}  // namespace

void declare_mkdir(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = add_verb(tool, "mkdir", "Make directories",
                              "strait mkdir -p nfs://nas1/data/runs/7", options->common, Json::no);
    verb->add_option("url", options->urls, "Directories to make")->required();
    verb->add_flag("-p,--parents", options->parents,
                   "Those above it, too; no failure when it is there");
    verb->add_option("-m,--mode", options->mode, "Its mode, octal, whatever the umask")
        ->type_name("MODE")
        ->check([](const std::string& text) {
            bool octal = !text.empty() && text.size() <= 4 &&
                         text.find_first_not_of("01234567") == std::string::npos;
            return octal ? std::string() : "'" + text + "' is no octal mode";
        });
    verb->callback([options, &action] {
        action = [options]() -> int {
            auto targets = parse_targets(options->urls, options->common, Accept::remote);
            if (!targets) return exit_usage;
            return run_job(options->common,
                           [&](Job& job) { return mkdir(job, *options, *targets); });
        };
    });
}

}  // namespace strait::tool
