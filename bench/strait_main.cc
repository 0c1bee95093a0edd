// SPDX-License-Identifier: LGPL-2.1-or-later
// bench_strait URL: our client under the meter.
#include <fmt/format.h>

#include <vector>

#include "base/sync.h"
#include "bench/meter.h"
#include "tests/probe/volume.h"

namespace strait::bench {
namespace {

std::string absolute(const std::string& path) {
    return std::string(probe::mount_point) + "/" + path;
}

class StraitClient final : public Client {
  public:
    explicit StraitClient(const std::string& url)
        : volume_(url), files_(volume_.files()), buffers_(most_lanes) {
        for (auto& buffer : buffers_) {
            buffer.resize(large_bytes);
        }
    }

    ~StraitClient() override {
        volume_.must(nursery_.close(), "nursery");
        if (data_) {
            volume_.must(data_->close(), "close data");
            volume_.must(out_->close(), "close out");
        }
        data_ = {};
        out_ = {};
    }

    void new_folder(const std::string& name) override {
        folder_ = absolute(name);
        volume_.must(files_.mkdir(probe::at(folder_), 0755), "mkdir");
    }

    void start(Kind kind, uint64_t index, unsigned lane, Lanes& lanes) override {
        open_files();
        nursery_.spawn(operate(kind, index, lane, lanes));
    }

    void wait() override { volume_.reactor().poll(MonoClock::now() + 1s); }
    void sync() override { volume_.must(out_->fsync(false), "fsync"); }
    void lay_out() override { volume_.must(make_files(), "lay out"); }

  private:
    Task<> operate(Kind kind, uint64_t index, unsigned lane, Lanes& lanes) {
        Result<> outcome = co_await perform(kind, index, buffers_[lane]).result();
        if (!outcome) probe::Volume::give_up("operation", outcome.error());
        lanes.finished(lane);
    }

    Task<> perform(Kind kind, uint64_t index, std::vector<std::byte>& buffer);
    Task<> read(vfs::OpenFile& file, uint64_t offset, MutableBytes into);
    Task<> open_read_close(std::string path, MutableBytes into);
    Task<> create(std::string path, Bytes content);
    Task<> list(std::string path);
    Task<> make_files();
    void open_files();

    probe::Volume volume_;
    vfs::FileSystem& files_;
    Nursery nursery_;
    vfs::OpenFileRef data_, out_;
    std::string folder_;
    std::vector<std::vector<std::byte>> buffers_;
};

void StraitClient::open_files() {
    if (data_) {
        return;
    }
    const auto path_of_data = absolute("data"), path_of_out = absolute("out");
    data_ = volume_.must(files_.open(probe::at(path_of_data), {}), "open data");
    out_ = volume_.must(files_.open(probe::at(path_of_out), {.access = vfs::OpenAccess::both}),
                        "open out");
}

Task<> StraitClient::perform(Kind kind, uint64_t index, std::vector<std::byte>& buffer) {
    const uint64_t next_mib = index * large_bytes % data_bytes;
    const MutableBytes small = MutableBytes(buffer).first(small_bytes);
    // Names are made only for the kinds that have one.
    std::string deep;
    if (kind == Kind::stat || kind == Kind::open_read_close) deep = absolute(deep_path(index));
    switch (kind) {
        case Kind::read_4k:
            co_await read(*data_, random_offset(index), small);
            break;
        case Kind::read_1m:
            co_await read(*data_, next_mib, buffer);
            break;
        case Kind::write_1m:
            co_await out_->write_at(next_mib, BufferChain(Buffer::copy_of(buffer)));
            break;
        case Kind::stat:
            co_await files_.stat(probe::at(deep));
            break;
        case Kind::open_read_close:
            co_await open_read_close(deep, small);
            break;
        case Kind::create:
            co_await create(fmt::format("{}/n{}", folder_, index), {});
            break;
        case Kind::create_write_close:
            co_await create(fmt::format("{}/n{}", folder_, index), small);
            break;
        case Kind::list:
            co_await list(absolute(deep_folder));
            break;
    }
}

Task<> StraitClient::read(vfs::OpenFile& file, uint64_t offset, MutableBytes into) {
    BufferChain data = co_await file.read_at(offset, into.size());
    if (data.copy_to(into) != into.size()) co_await Errc::io;
}

Task<> StraitClient::open_read_close(std::string path, MutableBytes into) {
    vfs::OpenFileRef file = co_await files_.open(probe::at(path), {});
    co_await read(*file, 0, into);
    co_await file->close();
}

Task<> StraitClient::create(std::string path, Bytes content) {
    const vfs::OpenFlags flags{.access = vfs::OpenAccess::both, .create = true, .mode = 0644};
    vfs::OpenFileRef file = co_await files_.open(probe::at(path), flags);
    if (!content.empty()) {
        co_await file->write_at(0, BufferChain(Buffer::copy_of(content)));
    }
    co_await file->close();
}

Task<> StraitClient::list(std::string path) {
    vfs::OpenFileRef folder = co_await files_.open(probe::at(path), {.directory = true});
    uint64_t cookie = 0;
    size_t seen = 0;
    while (true) {
        vfs::ReadDir::Result storage;
        std::vector<vfs::DirEntry> entries = co_await folder->list(cookie, 128 << 10, storage);
        if (entries.empty()) {
            break;
        }
        seen += entries.size();
        cookie = entries.back().cookie;
    }
    co_await folder->close();
    if (seen < deep_files) co_await Errc::io;
}

Task<> StraitClient::make_files() {
    const std::string folder = deep_folder;
    for (size_t end = 0; end != folder.npos;) {
        end = folder.find('/', end + 1);
        const auto path = absolute(folder.substr(0, end));
        co_await files_.mkdir(probe::at(path), 0755);
    }
    const vfs::OpenFlags flags{.access = vfs::OpenAccess::write, .create = true, .mode = 0644};
    for (unsigned i = 0; i < deep_files; ++i) {
        co_await create(absolute(deep_path(i)), Bytes(buffers_[0]).first(small_bytes));
    }
    for (const char* name : {"data", "out"}) {
        const auto path = absolute(name);
        vfs::OpenFileRef file = co_await files_.open(probe::at(path), flags);
        for (uint64_t at = 0; at < data_bytes; at += large_bytes) {
            co_await file->write_at(at, BufferChain(Buffer::copy_of(buffers_[0])));
        }
        co_await file->close();
    }
}

}  // namespace
}  // namespace strait::bench

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: bench_strait URL\n");
        return 2;
    }
    strait::bench::StraitClient client(argv[1]);
    strait::bench::serve_orders(client);
    return 0;
}
