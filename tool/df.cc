// SPDX-License-Identifier: LGPL-2.1-or-later
// strait df: the space of the file systems that paths are on.

#include <algorithm>
#include <array>
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
    bool human = false;
};

using Row = std::array<std::string, 5>;

Row row_of(const Place& place, const vfs::Attributes& of, bool human) {
    auto size = [human](uint64_t bytes) {
        return human ? human_size(bytes) : fmt::format("{}", (bytes + 1023) / 1024);
    };
    uint64_t used = of.space_total - std::min(of.space_total, of.space_free);
    // Of what an ordinary user may have, rounded up: as df(1).
    uint64_t usable = used + of.space_available;
    return {size(of.space_total), size(used), size(of.space_available),
            usable > 0 ? fmt::format("{}%", (used * 100 + usable - 1) / usable) : "-", place.text};
}

void print(Output& out, const std::vector<Row>& rows) {
    std::array<size_t, 4> widths{};
    for (const Row& row : rows)
        for (size_t i = 0; i < widths.size(); i++) widths[i] = std::max(widths[i], row[i].size());
    for (const Row& row : rows)
        out.print("{:>{}} {:>{}} {:>{}} {:>{}} {}\n", row[0], widths[0], row[1], widths[1], row[2],
                  widths[2], row[3], widths[3], row[4]);
}

void print_json(Output& out, const Place& place, const vfs::Attributes& of) {
    nlohmann::json line{{"url", place.text},
                        {"total", of.space_total},
                        {"free", of.space_free},
                        {"available", of.space_available},
                        {"files_total", of.files_total},
                        {"files_free", of.files_free},
                        {"files_available", of.files_available}};
    out.print("{}\n", json_line(line));
}

Task<> df(Job& job, const Options& options, const std::vector<Target>& targets) {
    std::vector<Row> rows{
        {options.human ? "Size" : "1K-blocks", "Used", "Available", "Use%", "URL"}};
    for (const Target& target : targets) {
        std::optional<Place> place = co_await job.open(target);
        if (!place) continue;
        auto found = co_await place->files->statfs(place->at()).result();
        if (!found) {
            job.failed("df", *place, found.error());
        } else if (options.common.json) {
            print_json(job.out(), *place, *found);
        } else {
            rows.push_back(row_of(*place, *found, options.human));
        }
    }
    if (rows.size() > 1) print(job.out(), rows);
}

}  // namespace

void declare_df(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = add_verb(tool, "df", "Tell how much space is left", "strait df -h nas1:/data",
                              options->common, Json::yes);
    verb->add_option("url", options->urls, "Paths on the file systems in question")->required();
    verb->add_flag("-h,--human", options->human, "Sizes as 1.5K, 20M");
    verb->callback([options, &action] {
        action = [options]() -> int {
            auto targets = parse_targets(options->urls, options->common, Accept::remote);
            if (!targets) return exit_usage;
            return run_job(options->common, [&](Job& job) { return df(job, *options, *targets); });
        };
    });
}

}  // namespace strait::tool
