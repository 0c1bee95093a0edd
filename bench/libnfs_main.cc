// SPDX-License-Identifier: LGPL-2.1-or-later
// bench_libnfs SERVER EXPORT URL-OPTIONS: the peer. libnfs's asynchronous API and a poll
// loop, which is also what its synchronous calls are made of.
#include <fcntl.h>
#include <fmt/format.h>
#include <nfsc/libnfs.h>
#include <poll.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "bench/meter.h"

namespace strait::bench {
namespace {

class LibnfsClient;

struct Lane {
    LibnfsClient* client = nullptr;
    unsigned number = 0;
    Lanes* lanes = nullptr;
    Kind kind = Kind::stat;
    nfsfh* file = nullptr;
    std::vector<char> buffer = std::vector<char>(large_bytes);
};

class LibnfsClient final : public Client {
  public:
    explicit LibnfsClient(const char* url, const char* server, const char* path)
        : nfs_(nfs_init_context()), lanes_(most_lanes) {
        nfs_destroy_url(nfs_parse_url_dir(nfs_, url));
        check(nfs_mount(nfs_, server, path), "mount");
        check(nfs_open(nfs_, "/data", O_RDONLY, &data_), "open data");
        check(nfs_open(nfs_, "/out", O_RDWR, &out_), "open out");
        for (unsigned i = 0; i < most_lanes; ++i) {
            lanes_[i].client = this;
            lanes_[i].number = i;
        }
    }

    void new_folder(const std::string& name) override {
        folder_ = "/" + name;
        check(nfs_mkdir(nfs_, folder_.c_str()), "mkdir");
    }

    void start(Kind kind, uint64_t index, unsigned number, Lanes& lanes) override;

    void wait() override {
        pollfd waited{nfs_get_fd(nfs_), short(nfs_which_events(nfs_)), 0};
        poll(&waited, 1, 1000);
        check(nfs_service(nfs_, waited.revents), "service");
    }

    void sync() override { check(nfs_fsync(nfs_, out_), "fsync"); }
    void lay_out() override { give_up("libnfs lays out nothing"); }

    void check(int status, const char* what) const {
        if (status < 0) {
            give_up(fmt::format("libnfs: {}: {}", what, nfs_get_error(nfs_)));
        }
    }
    nfs_context* nfs() const { return nfs_; }

  private:
    nfs_context* const nfs_;
    nfsfh* data_ = nullptr;
    nfsfh* out_ = nullptr;
    std::string folder_;
    std::vector<Lane> lanes_;
};

Lane& lane_of(void* private_data) { return *static_cast<Lane*>(private_data); }

void done(int status, nfs_context*, void*, void* private_data) {
    auto& lane = lane_of(private_data);
    lane.client->check(status, "operation");
    lane.lanes->finished(lane.number);
}

void done_read(int status, nfs_context* nfs, void* data, void* private_data) {
    if (status > 0) {
        std::memcpy(lane_of(private_data).buffer.data(), data, size_t(status));
    }
    done(status > 0 ? 0 : -1, nfs, data, private_data);
}

void done_transfer(int status, nfs_context* nfs, void* data, void* private_data) {
    auto& lane = lane_of(private_data);
    lane.client->check(status > 0 ? 0 : -1, "read or write");
    if (data != nullptr && lane.kind == Kind::open_read_close) {
        std::memcpy(lane.buffer.data(), data, size_t(status));
    }
    lane.client->check(nfs_close_async(nfs, lane.file, done, private_data), "close");
}

void opened(int status, nfs_context* nfs, void* data, void* private_data) {
    auto& lane = lane_of(private_data);
    lane.client->check(status, "open");
    lane.file = static_cast<nfsfh*>(data);
    if (lane.kind == Kind::create) {
        lane.client->check(nfs_close_async(nfs, lane.file, done, private_data), "close");
    } else if (lane.kind == Kind::open_read_close) {
        lane.client->check(
            nfs_pread_async(nfs, lane.file, 0, small_bytes, done_transfer, private_data), "read");
    } else {
        lane.client->check(nfs_pwrite_async(nfs, lane.file, 0, small_bytes, lane.buffer.data(),
                                            done_transfer, private_data),
                           "write");
    }
}

void listed(int status, nfs_context* nfs, void* data, void* private_data) {
    lane_of(private_data).client->check(status, "opendir");
    auto* folder = static_cast<nfsdir*>(data);
    unsigned entries = 0;
    while (nfs_readdir(nfs, folder) != nullptr) {
        ++entries;
    }
    nfs_closedir(nfs, folder);
    done(entries < deep_files ? -1 : 0, nfs, nullptr, private_data);
}

void LibnfsClient::start(Kind kind, uint64_t index, unsigned number, Lanes& lanes) {
    auto& lane = lanes_[number];
    lane.lanes = &lanes;
    lane.kind = kind;
    const auto next_mib = index * large_bytes % data_bytes;
    // Names are made only for the kinds that have one.
    const auto deep = [&] { return "/" + deep_path(index); };
    const auto fresh = [&] { return fmt::format("{}/n{}", folder_, index); };
    int status = 0;
    switch (kind) {
        case Kind::read_4k:
            status =
                nfs_pread_async(nfs_, data_, random_offset(index), small_bytes, done_read, &lane);
            break;
        case Kind::read_1m:
            status = nfs_pread_async(nfs_, data_, next_mib, large_bytes, done_read, &lane);
            break;
        case Kind::write_1m:
            status = nfs_pwrite_async(nfs_, out_, next_mib, large_bytes, lane.buffer.data(), done,
                                      &lane);
            break;
        case Kind::stat:
            status = nfs_stat64_async(nfs_, deep().c_str(), done, &lane);
            break;
        case Kind::open_read_close:
            status = nfs_open_async(nfs_, deep().c_str(), O_RDONLY, opened, &lane);
            break;
        case Kind::create:
        case Kind::create_write_close:
            status = nfs_open2_async(nfs_, fresh().c_str(), O_CREAT | O_RDWR, 0644, opened, &lane);
            break;
        case Kind::list:
            status =
                nfs_opendir_async(nfs_, (std::string("/") + deep_folder).c_str(), listed, &lane);
            break;
    }
    check(status, "start");
}

}  // namespace
}  // namespace strait::bench

int main(int argc, char** argv) {
    if (argc != 4) {
        fmt::print(stderr, "usage: bench_libnfs SERVER EXPORT URL-OPTIONS\n");
        return 2;
    }
    const auto url = fmt::format("nfs://{}{}?dircache=0&{}", argv[1], argv[2], argv[3]);
    strait::bench::LibnfsClient client(url.c_str(), argv[1], argv[2]);
    strait::bench::serve_orders(client);
    return 0;
}
