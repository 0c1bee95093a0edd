// SPDX-License-Identifier: LGPL-2.1-or-later
// strait ls: a directory costs one round trip for each reply that it fills; -l costs no more, but
// for the targets of links, which are asked for together.

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>

#include "tool/format.h"
#include "tool/job.h"
#include "tool/listing.h"
#include "tool/ls_lines.h"
#include "tool/parallel.h"
#include "tool/url_verbs.h"

namespace strait::tool {

using vfs::FileType;

namespace {

constexpr size_t links_at_once = 64;

struct Options {
    CommonOptions common;
    LineOptions lines;
    std::vector<std::string> urls;
    bool all = false;
    bool recursive = false;
    bool directory_itself = false;
    bool complete = false;  // for shells: what the URL could go on with
};

class Lister {
  public:
    Lister(Job& job, const Options& options, bool headings)
        : job_(job), options_(options), headings_(headings) {}

    Task<> show(const Place& place);

  private:
    Task<> show_one(const Place& place);
    Task<> show_directory(const Place& place, std::vector<Entry> entries);
    Task<> print(const Place& place, const std::vector<Line>& lines, bool total);
    Task<> read_targets(const Place& directory, std::vector<Line>& lines);
    void print_json(const Place& place, const Line& line, bool directory_itself);

    Job& job_;
    const Options& options_;
    bool headings_;
    bool first_ = true;
};

Task<> read_target(const Place& directory, Line& line) {
    Place link = directory.child(line.name);
    Buffer target = co_await link.files->readlink(link.at(false));
    line.target = target.text();
}

Task<> Lister::read_targets(const Place& directory, std::vector<Line>& lines) {
    Parallel parallel(links_at_once);
    for (Line& line : lines)
        if (line.attributes.type == FileType::symlink)
            co_await parallel.run(read_target(directory, line));
    co_await parallel.finish();
}

void Lister::print_json(const Place& place, const Line& line, bool directory_itself) {
    nlohmann::json out = attributes_json(line.attributes);
    out["name"] = line.name;
    out["url"] = directory_itself ? place.text : Place::join_text(place.text, line.name);
    if (!line.target.empty()) out["target"] = line.target;
    job_.out().print("{}\n", json_line(out));
}

Task<> Lister::show_one(const Place& place) {
    vfs::Attributes found = co_await place.files->stat(place.at(false));
    Line line{place.text, found, {}};
    if (line.attributes.type == FileType::symlink &&
        (options_.lines.long_form || options_.common.json)) {
        Buffer target = co_await place.files->readlink(place.at(false));
        line.target = target.text();
    }
    first_ = false;
    if (options_.common.json) {
        print_json(place, line, true);
    } else {
        job_.out().text(format_lines({line}, options_.lines));
    }
}

Task<> Lister::show(const Place& place) {
    if (!options_.directory_itself) {
        auto entries = co_await list_directory(place).result();
        if (entries) {
            co_await show_directory(place, std::move(*entries));
            co_return;
        }
        if (entries.error() != Errc::notdir) co_await entries.error();
    }
    co_await show_one(place);
}

Task<> Lister::show_directory(const Place& place, std::vector<Entry> entries) {
    std::vector<Line> lines;
    if (options_.all) {
        vfs::Attributes found = co_await place.files->stat(place.at());
        Line self{".", found, {}};
        Line parent{"..", self.attributes, {}};
        // Above the server's root there is nothing: it is its own parent.
        Place above = place.child("..");
        auto known = co_await above.files->stat(above.at()).result();
        if (known) parent.attributes = *known;
        lines.push_back(std::move(self));
        lines.push_back(std::move(parent));
    }
    for (Entry& each : entries)
        if (options_.all || !each.name.starts_with('.'))
            lines.push_back({std::move(each.name), each.attributes, {}});
    std::ranges::sort(lines, {}, &Line::name);
    co_await print(place, lines, true);
    if (!options_.recursive) co_return;
    for (const Line& line : lines) {
        if (line.attributes.type != FileType::directory || line.name == "." || line.name == "..")
            continue;
        Place below = place.child(line.name);
        auto listed = co_await list_directory(below).result();
        if (listed) {
            co_await show_directory(below, std::move(*listed));
        } else {
            job_.failed("list", below, listed.error());
            if (listed.error() == Errc::cancelled || listed.error() == Errc::interrupted)
                co_await listed.error();
        }
        if (job_.out().reader_gone()) co_return;
    }
}

Task<> Lister::print(const Place& place, const std::vector<Line>& given, bool total) {
    std::vector<Line> lines = given;
    if (options_.lines.long_form || options_.common.json) co_await read_targets(place, lines);
    if (options_.common.json) {
        for (const Line& line : lines) print_json(place, line, false);
        co_return;
    }
    if (headings_ || options_.recursive)
        job_.out().print("{}{}:\n", std::exchange(first_, false) ? "" : "\n", place.text);
    if (total && options_.lines.long_form) job_.out().text(total_line(lines, options_.lines));
    job_.out().text(format_lines(lines, options_.lines));
}

// One whole URL a line: those of the entries that begin with the argument; directories end in "/".
Task<> complete(Job& job, const Options& options) {
    const std::string& word = options.urls[0];
    std::string stem = word.substr(0, word.rfind('/') + 1);
    auto targets = parse_targets({stem}, options.common, Accept::remote);
    if (!targets) co_return;
    std::optional<Place> place = co_await job.open(targets->front());
    if (!place) co_return;
    std::vector<Entry> entries = co_await list_directory(*place);
    for (const Entry& each : entries) {
        std::string line = stem + each.name;
        bool directory = each.attributes.type == FileType::directory;
        if (line.starts_with(word)) job.out().print("{}{}\n", line, directory ? "/" : "");
    }
}

Task<> ls(Job& job, const Options& options, const std::vector<Target>& targets) {
    Lister lister(job, options, targets.size() > 1);
    for (const Target& target : targets) {
        std::optional<Place> place = co_await job.open(target);
        if (!place) continue;
        auto outcome = co_await lister.show(*place).result();
        if (!outcome) job.failed("list", *place, outcome.error());
        if (job.out().reader_gone()) co_return;
    }
}

int run(Options& options) {
    if (options.complete)
        return run_job(options.common, [&](Job& job) { return complete(job, options); });
    auto targets = parse_targets(options.urls, options.common, Accept::remote);
    if (!targets) return exit_usage;
    return run_job(options.common, [&](Job& job) {
        options.lines.columns =
            options.lines.one_a_line || !job.out().terminal() ? 0 : job.out().columns();
        return ls(job, options, *targets);
    });
}

}  // namespace

void declare_ls(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = add_verb(tool, "ls", "List directories", "strait ls -l nfs://nas1/data",
                              options->common, Json::yes);
    verb->add_option("url", options->urls, "Directories and files")->required();
    verb->add_flag("-l", options->lines.long_form, "With type, mode, owner, size and time");
    verb->add_flag("-a,--all", options->all, "Names that begin with a dot, too");
    verb->add_flag("-R,--recursive", options->recursive, "And all directories below");
    verb->add_flag("-d,--directory", options->directory_itself, "Directories themselves");
    verb->add_flag("-1", options->lines.one_a_line, "One name a line");
    verb->add_flag("-h,--human", options->lines.human, "Sizes as 1.5K, 20M");
    verb->add_flag("-n,--numeric", options->lines.numeric, "Owners as numbers");
    verb->add_flag("--complete", options->complete)->group("");  // hidden
    verb->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace strait::tool
