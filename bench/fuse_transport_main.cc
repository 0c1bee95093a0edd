// SPDX-License-Identifier: LGPL-2.1-or-later
// What the ways to talk to the kernel's FUSE cost, without a bridge or a server: a file system in
// memory under one lock, mounted on FOLDER for bench_mount (docs/decisions/0002).
//     bench_fuse_transport FOLDER MODE [THREADS]
// MODE: dev (one descriptor that all threads read), clone (one for each thread), poll (one thread
// that polls before each read, as an event loop does), splice (large answers go by a pipe), uring
// (FUSE over io_uring, a thread for each processor; with THREADS 1 one for all). Ends when it is
// unmounted.

#include <fcntl.h>
#include <fmt/format.h>
#include <liburing.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace strait::bench {
namespace {

constexpr size_t payload_bytes = 1 << 20;
constexpr size_t worth_splicing = 64 << 10;
constexpr size_t receive_bytes = payload_bytes + 4096;

[[noreturn]] void give_up(const std::string& what) {
    perror(("bench_fuse_transport: " + what).c_str());
    exit(1);
}

// --- include/uapi/linux/fuse.h of Linux 6.14, which Debian 12's headers do not have
constexpr uint64_t over_io_uring = 1ULL << 41;
constexpr uint32_t register_command = 1, commit_and_fetch_command = 2;
struct EntryInOut {
    uint64_t flags, commit_id;
    uint32_t payload_size, padding;
    uint64_t reserved;
};
struct RequestHeader {
    char in_out[128], operation[128];
    EntryInOut entry;
};
struct CommandRequest {
    uint64_t flags, commit_id;
    uint16_t queue;
    uint8_t padding[6];
};

// A request, wherever its parts lie.
struct Request {
    const fuse_in_header* head;
    const char* arguments;  // the operation's own structure
    const char* rest;       // names, data
    size_t rest_size;
};

// What comes back: an error, or bytes, written where the transport wants them.
class Answer {
  public:
    explicit Answer(char* at) : at_(at) {}
    int error = 0;
    size_t size = 0;

    template <class T>
    void add(const T& value) {
        add(reinterpret_cast<const char*>(&value), sizeof(value));
    }
    void add(const char* bytes, size_t count) {
        std::memcpy(at_ + size, bytes, count);
        size += count;
    }

  private:
    char* at_;
};

struct Node {
    uint32_t mode = 0;
    std::vector<char> data;
    std::map<std::string, uint64_t, std::less<>> names;
};

class FileSystem {
  public:
    FileSystem() { nodes_[FUSE_ROOT_ID].mode = S_IFDIR | 0777; }

    void run(const Request& request, Answer& answer) {
        std::lock_guard held(mutex_);
        answer.error = run(request, nodes_[request.head->nodeid], answer);
    }

  private:
    template <class T>
    static const T& arguments(const Request& request) {
        return *reinterpret_cast<const T*>(request.arguments);
    }

    int run(const Request& request, Node& node, Answer& out) {
        switch (request.head->opcode) {
            case FUSE_LOOKUP: {
                auto at = node.names.find(request.rest);
                if (at == node.names.end()) return ENOENT;
                out.add(entry(at->second));
                return 0;
            }
            case FUSE_SETATTR:
                if (auto& wanted = arguments<fuse_setattr_in>(request); wanted.valid & FATTR_SIZE)
                    node.data.resize(wanted.size);
                [[fallthrough]];
            case FUSE_GETATTR:
                out.add(fuse_attr_out{1, 0, 0, attributes(request.head->nodeid)});
                return 0;
            case FUSE_MKDIR:
                out.add(entry(make(node, request.rest, S_IFDIR | 0755)));
                return 0;
            case FUSE_CREATE:
                out.add(entry(make(node, request.rest, S_IFREG | 0644)));
                out.add(fuse_open_out{});
                return 0;
            case FUSE_UNLINK:
            case FUSE_RMDIR:
                nodes_.erase(node.names[request.rest]);
                node.names.erase(request.rest);
                return 0;
            case FUSE_OPEN:
            case FUSE_OPENDIR:
                out.add(fuse_open_out{});
                return 0;
            case FUSE_READ: {
                auto& wanted = arguments<fuse_read_in>(request);
                size_t from = std::min<size_t>(wanted.offset, node.data.size());
                out.add(node.data.data() + from,
                        std::min<size_t>(wanted.size, node.data.size() - from));
                return 0;
            }
            case FUSE_WRITE: {
                auto& wanted = arguments<fuse_write_in>(request);
                node.data.resize(std::max(node.data.size(), wanted.offset + wanted.size));
                std::memcpy(node.data.data() + wanted.offset, request.rest, wanted.size);
                out.add(fuse_write_out{wanted.size, 0});
                return 0;
            }
            case FUSE_FLUSH:
            case FUSE_RELEASE:
            case FUSE_RELEASEDIR:
            case FUSE_FSYNC:
                return 0;
            default:
                return ENOSYS;
        }
    }

    uint64_t make(Node& directory, std::string_view name, uint32_t mode) {
        uint64_t number = next_++;
        directory.names.emplace(name, number);
        nodes_[number].mode = mode;
        return number;
    }

    fuse_attr attributes(uint64_t number) {
        const Node& node = nodes_[number];
        fuse_attr out{};
        out.ino = number;
        out.mode = node.mode;
        out.nlink = 1;
        out.size = node.data.size();
        out.blksize = 4096;
        return out;
    }

    fuse_entry_out entry(uint64_t number) {
        fuse_entry_out out{};
        out.nodeid = number;
        out.entry_valid = out.attr_valid = 1;
        out.attr = attributes(number);
        return out;
    }

    std::mutex mutex_;
    std::map<uint64_t, Node> nodes_;
    uint64_t next_ = FUSE_ROOT_ID + 1;
};

// Size of the structure that an operation begins with.
size_t arguments_size(uint32_t opcode) {
    switch (opcode) {
        case FUSE_MKDIR:
            return sizeof(fuse_mkdir_in);
        case FUSE_CREATE:
            return sizeof(fuse_create_in);
        case FUSE_WRITE:
            return sizeof(fuse_write_in);
        default:
            return 0;
    }
}

class Connection {
  public:
    explicit Connection(const std::string& folder, const std::string& mode)
        : uring_(mode == "uring") {
        if (mode == "splice" &&
            (pipe(pipe_) != 0 || fcntl(pipe_[1], F_SETPIPE_SZ, payload_bytes) < 0))
            give_up("pipe");
        fd_ = open("/dev/fuse", O_RDWR | O_CLOEXEC);
        std::string options = fmt::format(
            "fd={},rootmode=40000,user_id=0,group_id=0,allow_other,default_permissions", fd_);
        if (fd_ < 0 || mount("bench", folder.c_str(), "fuse.bench", 0, options.c_str()) != 0)
            give_up(folder);
        agree();
    }

    int fd() const { return fd_; }
    int clone() const {
        int made = open("/dev/fuse", O_RDWR | O_CLOEXEC);
        auto from = static_cast<uint32_t>(fd_);
        if (ioctl(made, FUSE_DEV_IOC_CLONE, &from) != 0) give_up("clone");
        return made;
    }
    FileSystem& files() { return files_; }

    // Reads and answers until the connection ends.
    void serve(int fd, bool polls) {
        auto buffer = std::make_unique<char[]>(receive_bytes);
        auto answer = std::make_unique<char[]>(payload_bytes);
        for (;;) {
            if (polls) {
                pollfd wait{fd, POLLIN, 0};
                poll(&wait, 1, -1);
            }
            ssize_t got = read(fd, buffer.get(), receive_bytes);
            if (got < 0 && (errno == EINTR || errno == ENOENT || errno == EAGAIN)) continue;
            if (got < 0) return;
            one(fd, buffer.get(), static_cast<size_t>(got), answer.get());
        }
    }

  private:
    void agree() {
        std::vector<char> first(receive_bytes);
        if (read(fd_, first.data(), first.size()) < 0) give_up("first word");
        auto* head = reinterpret_cast<fuse_in_header*>(first.data());
        auto* in = reinterpret_cast<fuse_init_in*>(head + 1);
        const uint64_t offered = in->flags | uint64_t{in->flags2} << 32;
        if (uring_ && (offered & over_io_uring) == 0) {
            fmt::print(
                "FUSE over io_uring is not offered: /sys/module/fuse/parameters/"
                "enable_uring\n");
            exit(3);
        }
        fuse_init_out out{};
        out.major = FUSE_KERNEL_VERSION;
        out.minor = FUSE_KERNEL_MINOR_VERSION;
        out.max_readahead = in->max_readahead;
        out.max_background = 128;
        out.congestion_threshold = 96;
        out.max_write = payload_bytes;
        // A pipe has no room for 1 MiB and its head.
        out.max_pages = (pipe_[0] >= 0 ? payload_bytes / 2 : payload_bytes) / 4096;
        out.flags = FUSE_ASYNC_READ | FUSE_BIG_WRITES | FUSE_MAX_PAGES | FUSE_INIT_EXT |
                    FUSE_PARALLEL_DIROPS | FUSE_HANDLE_KILLPRIV_V2;
        if (uring_) out.flags2 = over_io_uring >> 32;
        reply(fd_, head->unique, 0, {reinterpret_cast<const char*>(&out), sizeof(out)});
    }

    void one(int fd, const char* bytes, size_t size, char* out) {
        auto* head = reinterpret_cast<const fuse_in_header*>(bytes);
        if (head->opcode == FUSE_FORGET || head->opcode == FUSE_BATCH_FORGET ||
            head->opcode == FUSE_INTERRUPT || head->opcode == FUSE_DESTROY)
            return;
        const char* arguments = bytes + sizeof(*head);
        const char* rest = arguments + arguments_size(head->opcode);
        Request request{head, arguments, rest, size - static_cast<size_t>(rest - bytes)};
        Answer answer(out);
        files_.run(request, answer);
        reply(fd, head->unique, answer.error, {out, answer.size});
    }

    void reply(int fd, uint64_t unique, int error, std::string_view bytes) const {
        fuse_out_header head{static_cast<uint32_t>(sizeof(head) + bytes.size()), -error, unique};
        iovec parts[2] = {{&head, sizeof(head)}, {const_cast<char*>(bytes.data()), bytes.size()}};
        if (pipe_[0] >= 0 && bytes.size() >= worth_splicing) return through_pipe(fd, parts);
        (void)!writev(fd, parts, bytes.empty() ? 1 : 2);
    }

    void through_pipe(int fd, iovec* parts) const {
        const size_t size = parts[0].iov_len + parts[1].iov_len;
        if (vmsplice(pipe_[1], parts, 2, 0) != static_cast<ssize_t>(size) ||
            splice(pipe_[0], nullptr, fd, nullptr, size, SPLICE_F_MOVE) < 0)
            give_up("splice");
    }

    const bool uring_;
    int fd_ = -1;
    int pipe_[2] = {-1, -1};
    FileSystem files_;
};

// One place for a request in a queue of the kernel's.
struct Entry {
    explicit Entry(uint16_t of) : queue(of) {
        if (posix_memalign(reinterpret_cast<void**>(&payload), 4096, payload_bytes) != 0)
            give_up("memory");
        parts[0] = {&header, sizeof(header)};
        parts[1] = {payload, payload_bytes};
    }
    uint16_t queue;
    RequestHeader header{};
    char* payload = nullptr;
    iovec parts[2];
};

// Serves the queues [first, last) from the calling thread.
class UringServer {
  public:
    UringServer(Connection& connection, uint16_t first, uint16_t last) : connection_(connection) {
        io_uring_params parameters{};
        parameters.flags =
            IORING_SETUP_SQE128 | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
        if (int failed = io_uring_queue_init_params(256, &ring_, &parameters); failed < 0) {
            errno = -failed;
            give_up("ring");
        }
        constexpr int depth = 8;
        for (uint16_t queue = first; queue < last; queue++)
            for (int i = 0; i < depth; i++) {
                entries_.push_back(std::make_unique<Entry>(queue));
                submit(*entries_.back(), register_command);
            }
    }

    void serve() {
        for (;;) {
            int done = io_uring_submit_and_wait(&ring_, 1);
            if (done < 0 && done != -EINTR) return;
            io_uring_cqe* event = nullptr;
            unsigned at = 0, seen = 0;
            io_uring_for_each_cqe(&ring_, at, event) {
                seen++;
                if (event->res < 0) {
                    errno = -event->res;
                    if (event->res != -ENOTCONN) perror("uring entry");
                    return;
                }
                answer(*static_cast<Entry*>(io_uring_cqe_get_data(event)));
            }
            io_uring_cq_advance(&ring_, seen);
        }
    }

  private:
    void submit(Entry& entry, uint32_t command) {
        io_uring_sqe* sqe = io_uring_get_sqe(&ring_);
        std::memset(sqe, 0, 2 * sizeof(*sqe));
        sqe->opcode = IORING_OP_URING_CMD;
        sqe->fd = connection_.fd();
        sqe->cmd_op = command;
        sqe->addr = reinterpret_cast<uint64_t>(entry.parts);
        sqe->len = 2;
        CommandRequest request{0, entry.header.entry.commit_id, entry.queue, {}};
        std::memcpy(sqe->cmd, &request, sizeof(request));
        io_uring_sqe_set_data(sqe, &entry);
    }

    void answer(Entry& entry) {
        auto* head = reinterpret_cast<fuse_in_header*>(entry.header.in_out);
        const uint64_t unique = head->unique;
        Request request{head, entry.header.operation, entry.payload,
                        entry.header.entry.payload_size};
        Answer made(entry.payload);
        connection_.files().run(request, made);
        fuse_out_header out{static_cast<uint32_t>(sizeof(out) + made.size), -made.error, unique};
        std::memcpy(entry.header.in_out, &out, sizeof(out));
        entry.header.entry.payload_size = static_cast<uint32_t>(made.size);
        submit(entry, commit_and_fetch_command);
    }

    Connection& connection_;
    io_uring ring_{};
    std::vector<std::unique_ptr<Entry>> entries_;
};

void run(const std::string& folder, const std::string& mode, unsigned count) {
    const bool uring = mode == "uring";
    Connection connection(folder, mode);
    fmt::print("ready\n");
    fflush(stdout);
    std::vector<std::thread> threads;
    const auto queues = static_cast<uint16_t>(sysconf(_SC_NPROCESSORS_CONF));
    for (unsigned i = 0; uring && i < count; i++)
        threads.emplace_back([&connection, queues, i, count] {
            uint16_t first = count == 1 ? 0 : static_cast<uint16_t>(i);
            uint16_t last = count == 1 ? queues : static_cast<uint16_t>(i + 1);
            cpu_set_t here;
            CPU_ZERO(&here);
            CPU_SET(i, &here);
            if (count > 1) sched_setaffinity(0, sizeof(here), &here);
            UringServer(connection, first, last).serve();
        });
    if (mode == "poll") fcntl(connection.fd(), F_SETFL, O_RDWR | O_NONBLOCK);
    const unsigned readers = uring ? 1 : count;  // what is to be forgotten comes by /dev/fuse
    for (unsigned i = 0; i < readers; i++)
        threads.emplace_back([&connection, mode, i] {
            int fd = mode == "clone" && i > 0 ? connection.clone() : connection.fd();
            connection.serve(fd, mode == "poll");
        });
    for (std::thread& each : threads) each.join();
}

}  // namespace
}  // namespace strait::bench

int main(int argc, char** argv) {
    if (argc < 3) {
        fmt::print(stderr,
                   "usage: bench_fuse_transport FOLDER dev|clone|poll|splice|uring [THREADS]\n");
        return 2;
    }
    const std::string mode = argv[2];
    const auto processors = static_cast<unsigned>(sysconf(_SC_NPROCESSORS_CONF));
    unsigned threads = argc > 3          ? static_cast<unsigned>(atoi(argv[3]))
                       : mode == "uring" ? processors
                                         : 1;
    strait::bench::run(argv[1], mode, threads);
    return 0;
}
