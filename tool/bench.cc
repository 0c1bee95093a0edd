// SPDX-License-Identifier: LGPL-2.1-or-later
// strait bench: what a server gives to one client, in a few seconds. It works in a folder of its
// own, which it removes.

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "tool/bench_table.h"
#include "tool/ends.h"
#include "tool/format.h"
#include "tool/job.h"
#include "tool/parallel.h"
#include "tool/url_verbs.h"

namespace strait::tool {

namespace {

constexpr size_t small_bytes = 4096;
constexpr size_t large_bytes = 1u << 20;

struct Options {
    CommonOptions common;
    std::string url;
    double seconds = 1;      // of each row, at most
    uint64_t file_mib = 64;  // of the large file
    uint64_t files = 400;
};

class Bench {
  public:
    Bench(Job& job, const Options& options, Place folder)
        : job_(job), options_(options), folder_(std::move(folder)) {}

    // Rows that write; then, as another client that knows nothing yet, rows that read.
    Task<> write_rows();
    Task<> read_rows(const Place& folder);
    Task<> remove_rows();
    const std::vector<BenchRow>& rows() const { return rows_; }

  private:
    using Operation = std::function<Task<>(uint64_t index)>;
    Task<> measure(std::string name, uint64_t count, size_t depth, size_t bytes,
                   Operation operation);
    Task<> timed(const Operation& operation, uint64_t index, std::vector<Duration>& times);
    Place file(const Place& folder, uint64_t index) const {
        return folder.child(fmt::format("f{}", index));
    }
    Task<> create(uint64_t index);
    Task<> stat(const Place& folder, uint64_t index);
    Task<> open_read_close(const Place& folder, uint64_t index);
    Task<> read(vfs::OpenFile& file, uint64_t offset, size_t count);
    Task<> write(vfs::OpenFile& file, uint64_t offset);
    Task<> remove(uint64_t index);

    Job& job_;
    const Options& options_;
    const Place folder_;
    std::vector<BenchRow> rows_;
    std::mt19937_64 random_{1};
};

Task<> Bench::timed(const Operation& operation, uint64_t index, std::vector<Duration>& times) {
    MonoTime begin = MonoClock::now();
    co_await operation(index);
    times.push_back(MonoClock::now() - begin);
}

Task<> Bench::measure(std::string name, uint64_t count, size_t depth, size_t bytes,
                      Operation operation) {
    std::vector<Duration> times;
    uint64_t rpcs = job_.tracer().counters().rpcs;
    MonoTime begin = MonoClock::now();
    MonoTime end = begin + std::chrono::duration_cast<Duration>(
                               std::chrono::duration<double>(options_.seconds));
    Parallel parallel(depth);
    for (uint64_t i = 0; i < count && MonoClock::now() < end; i++)
        co_await parallel.run(timed(operation, i, times));
    co_await parallel.finish();
    BenchRow row{.name = std::move(name), .bytes = bytes};
    row.rpcs = job_.tracer().counters().rpcs - rpcs;
    row.took = MonoClock::now() - begin;
    row.times = std::move(times);
    rows_.push_back(std::move(row));
}

Task<> Bench::create(uint64_t index) {
    static const std::string content(small_bytes, 's');
    Place place = file(folder_, index);
    vfs::OpenFlags flags{.create = true, .exclusive = true, .mode = 0600};
    co_await place.files->write_file(place.at(), BufferChain(Buffer::copy_of(content)), flags);
}

Task<> Bench::stat(const Place& folder, uint64_t index) {
    Place place = file(folder, index);
    vfs::Attributes found = co_await place.files->stat(place.at());
    if (found.size != small_bytes) co_await Errc::io;
}

Task<> Bench::open_read_close(const Place& folder, uint64_t index) {
    Place place = file(folder, index);
    vfs::OpenFileRef file = co_await place.files->open(place.at(), {});
    auto outcome = co_await read(*file, 0, small_bytes).result();
    co_await file->close();
    co_await outcome;
}

Task<> Bench::read(vfs::OpenFile& file, uint64_t offset, size_t count) {
    BufferChain data = co_await file.read_at(offset, count);
    if (data.size() != count) co_await Errc::io;
}

Task<> Bench::write(vfs::OpenFile& file, uint64_t offset) {
    static const std::string content(large_bytes, 'l');
    size_t done = co_await file.write_at(offset, BufferChain(Buffer::copy_of(content)));
    (void)done;
}

Task<> Bench::remove(uint64_t index) {
    Place place = file(folder_, index);
    co_await place.files->remove(place.at(), vfs::RemoveKind::file);
}

Task<> Bench::write_rows() {
    co_await measure("create+write 4 KiB+close", options_.files, 1, 0,
                     [this](uint64_t index) { return create(index); });
    Place place = folder_.child("large");
    vfs::OpenFlags flags{.access = vfs::OpenAccess::write, .create = true, .mode = 0600};
    vfs::OpenFileRef large = co_await place.files->open(place.at(), flags);
    // All of it, however long that takes: the rows that read need it.
    MonoTime begin = MonoClock::now();
    uint64_t rpcs = job_.tracer().counters().rpcs;
    for (uint64_t i = 0; i < options_.file_mib; i++) co_await write(*large, i * large_bytes);
    co_await large->fsync(true);
    BenchRow row{.name = "write 1 MiB, in order, to disk", .bytes = large_bytes};
    row.took = MonoClock::now() - begin;
    row.rpcs = job_.tracer().counters().rpcs - rpcs;
    row.times.assign(options_.file_mib, row.took / options_.file_mib);
    rows_.push_back(std::move(row));
    co_await large->close();
}

Task<> Bench::read_rows(const Place& folder) {
    uint64_t half = rows_[0].times.size() / 2;
    co_await measure("stat", half, 1, 0, [&](uint64_t index) { return stat(folder, index); });
    co_await measure("open+read 4 KiB+close", half, 1, 0,
                     [&](uint64_t index) { return open_read_close(folder, half + index); });
    Place place = folder.child("large");
    vfs::OpenFileRef large = co_await place.files->open(place.at(), {});
    uint64_t pieces = options_.file_mib * large_bytes / small_bytes;
    auto anywhere = [&](uint64_t) {
        return read(*large, random_() % pieces * small_bytes, small_bytes);
    };
    auto alone = co_await measure("read 4 KiB anywhere", 5000, 1, small_bytes, anywhere).result();
    auto many =
        co_await measure("read 4 KiB anywhere, 64 at once", 50000, 64, small_bytes, anywhere)
            .result();
    auto order = co_await measure(
                     "read 1 MiB, in order", options_.file_mib, 1, large_bytes,
                     [&](uint64_t index) { return read(*large, index * large_bytes, large_bytes); })
                     .result();
    co_await large->close();
    co_await alone;
    co_await many;
    co_await order;
}

Task<> Bench::remove_rows() {
    co_await measure("remove", rows_[0].times.size(), 1, 0,
                     [this](uint64_t index) { return remove(index); });
}

// All that may be in the folder, whatever happened.
Task<> clean(Place folder) {
    std::vector<Entry> entries = co_await list_directory(folder);
    for (const Entry& each : entries) {
        Place place = folder.child(each.name);
        co_await place.files->remove(place.at(), vfs::RemoveKind::file);
    }
    co_await folder.files->remove(folder.at(), vfs::RemoveKind::directory);
}

// A second client, to which all is new.
Task<> read_anew(Job& job, Bench& bench, const Target& target, const std::string& name) {
    Servers servers(job.reactor(), job.tracer());
    auto place = co_await servers.open(target).result();
    Result<> outcome;
    if (place) {
        Place folder = place->child(name);
        outcome = co_await bench.read_rows(folder).result();
    } else {
        outcome = fail(place.error());
    }
    static const Scope unstoppable{};
    auto closed = co_await servers.close().within(unstoppable).result();
    co_await outcome;
    co_await closed;
}

void print(Job& job, const Options& options, const std::vector<BenchRow>& rows) {
    if (!options.common.json) {
        job.out().text(bench_table(rows));
        return;
    }
    for (const BenchRow& row : rows) job.out().print("{}\n", json_line(bench_json(row)));
}

Task<> bench(Job& job, const Options& options, const Target& target) {
    std::optional<Place> place = co_await job.open(target);
    if (!place) co_return;
    std::string name = fmt::format(".strait-bench-{}-{:x}", getpid(), std::random_device{}());
    Place folder = place->child(name);
    auto made = co_await folder.files->mkdir(folder.at(), 0700).result();
    if (!made) {
        job.failed("make a folder in", *place, made.error());
        co_return;
    }
    Bench bench(job, options, folder);
    auto outcome = co_await bench.write_rows().result();
    if (outcome) outcome = co_await read_anew(job, bench, target, name).result();
    if (outcome) outcome = co_await bench.remove_rows().result();
    if (!outcome) job.failed("bench", folder, outcome.error());
    static const Scope unstoppable{};
    auto cleaned = co_await clean(folder).within(unstoppable).result();
    if (!cleaned) job.failed("remove", folder, cleaned.error());
    print(job, options, bench.rows());
}

int run(const Options& options) {
    auto targets = parse_targets({options.url}, options.common, Accept::remote);
    if (!targets) return exit_usage;
    if (targets->front().kind != Target::Kind::nfs) {
        complain("bench: memory: is no server");
        return exit_usage;
    }
    return run_job(options.common, [&](Job& job) { return bench(job, options, targets->front()); });
}

}  // namespace

void declare_bench(CLI::App& tool, Action& action) {
    auto options = std::make_shared<Options>();
    CLI::App* verb = add_verb(tool, "bench", "Measure a server, in a folder of its own",
                              "strait bench nfs://nas1/data", options->common, Json::yes);
    verb->add_option("url", options->url, "A directory that may be written to")->required();
    verb->add_option("--seconds", options->seconds, "How long each row may take")
        ->check(CLI::Range(0.05, 3600.0));
    verb->add_option("--size", options->file_mib, "MiB of the large file")
        ->check(CLI::Range(1, 1 << 20));
    verb->add_option("--files", options->files, "Small files")->check(CLI::Range(2, 1000000));
    verb->callback([options, &action] { action = [options] { return run(*options); }; });
}

}  // namespace strait::tool
