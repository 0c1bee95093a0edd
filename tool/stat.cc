// SPDX-License-Identifier: LGPL-2.1-or-later
// strait stat: what is known of files, in one RPC each.

#include <memory>
#include <nlohmann/json.hpp>

#include "tool/format.h"
#include "tool/job.h"
#include "tool/url_verbs.h"

namespace strait::tool {

namespace {

struct Options {
    CommonOptions common;
    std::vector<std::string> urls;
    bool dereference = false;
};

void print(Output& out, const Place& place, const vfs::Attributes& of, std::string_view target) {
    out.print("  File: {}{}{}\n", place.text, target.empty() ? "" : " -> ", target);
    out.print("  Size: {:<15} Space: {:<15} {}\n", of.size, of.space_used, type_text(of.type));
    out.print("Fileid: {:<15} Links: {:<15} Fsid: {:x}:{:x}\n", of.fileid, of.nlink, of.fsid.major,
              of.fsid.minor);
    out.print("  Mode: ({:04o}/{})  Uid: ({}/{})  Gid: ({}/{})\n", of.mode,
              mode_text(of.type, of.mode), of.uid, user_name(of.uid), of.gid, group_name(of.gid));
    out.print("Access: {}\nModify: {}\nChange: {}\n", full_time(of.atime), full_time(of.mtime),
              full_time(of.ctime));
    out.print(" Birth: {}\n", of.has(vfs::Attr::btime) ? full_time(of.btime) : "-");
}

Task<> show(Job& job, const Options& options, const Place& place) {
    vfs::Attributes found = co_await place.files->stat(place.at(options.dereference));
    std::string target;
    if (found.type == vfs::FileType::symlink) {
        Buffer link = co_await place.files->readlink(place.at(false));
        target = link.text();
    }
    if (!options.common.json) {
        print(job.out(), place, found, target);
        co_return;
    }
    nlohmann::json line = attributes_json(found);
    line["url"] = place.text;
    if (!target.empty()) line["target"] = target;
    job.out().print("{}\n", json_line(line));
}

Task<> stat(Job& job, const Options& options, const std::vector<Target>& targets) {
    for (const Target& target : targets) {
        std::optional<Place> place = co_await job.open(target);
        if (!place) continue;
        auto outcome = co_await show(job, options, *place).result();
        if (!outcome) job.failed("stat", *place, outcome.error());
    }
}

}  // namespace

void declare_stat(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* verb =
        add_verb(tool, "stat", "Tell what is known of files",
                 "strait stat --json nas1:/data/model.bin", options->common, Json::yes);
    verb->add_option("url", options->urls, "Files, directories, links")->required();
    verb->add_flag("-L,--dereference", options->dereference, "Of a link: what it leads to");
    verb->callback([options, &action] {
        action = [options]() -> int {
            auto targets = parse_targets(options->urls, options->common, Accept::remote);
            if (!targets) return exit_usage;
            return run_job(options->common,
                           [&](Job& job) { return stat(job, *options, *targets); });
        };
    });
}

}  // namespace strait::tool
