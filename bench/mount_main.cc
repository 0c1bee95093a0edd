// SPDX-License-Identifier: LGPL-2.1-or-later
// What a program's calls cost on a mounted folder: bench_mount FOLDER. Orders on stdin, "KIND
// SECONDS", each answered by one JSON line; "layout" first, once, which makes the files.

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace strait::bench {
namespace {

constexpr unsigned files = 2000;  // in the folder "many"
constexpr size_t small_bytes = 4 << 10;
constexpr size_t large_bytes = 1 << 20;
constexpr size_t data_bytes = 128 << 20;  // of a pass over "data" or "out"

using Clock = std::chrono::steady_clock;

[[noreturn]] void give_up(const std::string& what) {
    perror(("bench_mount: " + what).c_str());
    exit(1);
}

int open_file(const std::string& path, int flags) {
    int fd = open(path.c_str(), flags | O_CLOEXEC, 0644);
    if (fd < 0) give_up(path);
    return fd;
}

void write_file(const std::string& path, size_t size) {
    const std::vector<char> block(large_bytes, 'x');
    int fd = open_file(path, O_WRONLY | O_CREAT | O_TRUNC);
    for (size_t done = 0; done < size;) {
        ssize_t wrote = write(fd, block.data(), std::min(block.size(), size - done));
        if (wrote <= 0) give_up(path);
        done += static_cast<size_t>(wrote);
    }
    if (close(fd) != 0) give_up(path);
}

// One order's timed stretches; what lies between them does not count.
class Meter {
  public:
    explicit Meter(double seconds)
        : until_(Clock::now() + std::chrono::duration<double>(seconds)) {}
    bool more() const { return Clock::now() < until_; }
    void timed(uint64_t operations, const std::function<void()>& work) {
        auto began = Clock::now();
        work();
        spent_ += Clock::now() - began;
        operations_ += operations;
    }
    std::string json() const {
        double seconds = std::chrono::duration<double>(spent_).count();
        return fmt::format(R"({{"operations": {}, "seconds": {:.9f}}})", operations_, seconds);
    }

  private:
    const std::chrono::time_point<Clock, std::chrono::duration<double>> until_;
    Clock::duration spent_{};
    uint64_t operations_ = 0;
};

class Folder {
  public:
    explicit Folder(std::string path) : path_(std::move(path)) {}

    void lay_out() const {
        if (mkdir((path_ + "/many").c_str(), 0755) != 0) give_up("many");
        for (unsigned i = 0; i < files; i++) write_file(small(i), small_bytes);
        write_file(path_ + "/data", data_bytes);
        write_file(path_ + "/out", data_bytes);
    }

    // The same file again: the kernel knows its attributes.
    void stat_known(Meter& meter) const {
        struct stat found;
        do
            meter.timed(1000, [&] {
                for (int i = 0; i < 1000; i++)
                    if (stat(small(0).c_str(), &found) != 0) give_up("stat");
            });
        while (meter.more());
    }

    // Each file once: for a mount that is new.
    void stat_unknown(Meter& meter) const {
        struct stat found;
        if (stat((path_ + "/many").c_str(), &found) != 0) give_up("stat");
        meter.timed(files, [&] {
            for (unsigned i = 0; i < files; i++)
                if (stat(small(i).c_str(), &found) != 0) give_up("stat");
        });
    }

    void open_read_close(Meter& meter) {
        do
            meter.timed(100, [&] {
                for (int i = 0; i < 100; i++) read_small(small(next_++ % files));
            });
        while (meter.more());
    }

    // Pages that the kernel has.
    void read_known(Meter& meter) const {
        int fd = open_file(path_ + "/data", O_RDONLY);
        std::vector<char> block(small_bytes);
        constexpr off_t most = 256;
        for (off_t i = 0; i < most; i++) read_at(fd, block, i);
        off_t at = 0;
        do
            meter.timed(1000, [&] {
                for (int i = 0; i < 1000; i++) read_at(fd, block, at = (at * 5 + 7) % most);
            });
        while (meter.more());
        close(fd);
    }

    // Pages that the kernel does not have.
    void read_through(Meter& meter) const {
        std::vector<char> block(large_bytes);
        do {
            int fd = open_file(path_ + "/data", O_RDONLY);
            posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
            meter.timed(data_bytes / large_bytes, [&] {
                for (size_t i = 0; i < data_bytes / large_bytes; i++)
                    if (read(fd, block.data(), block.size()) != ssize_t(block.size()))
                        give_up("read");
            });
            close(fd);
        } while (meter.more());
    }

    // With what fsync and close cost.
    void write_through(Meter& meter) const {
        const std::vector<char> block(large_bytes, 'y');
        do {
            int fd = open_file(path_ + "/out", O_WRONLY);
            meter.timed(data_bytes / large_bytes, [&] {
                for (size_t i = 0; i < data_bytes / large_bytes; i++)
                    if (write(fd, block.data(), block.size()) != ssize_t(block.size()))
                        give_up("write");
                if (fsync(fd) != 0 || close(fd) != 0) give_up("close");
            });
        } while (meter.more());
    }

    void create(Meter& meter) { make(meter, 0); }
    void create_write(Meter& meter) { make(meter, small_bytes); }

  private:
    std::string small(unsigned number) const { return fmt::format("{}/many/f{}", path_, number); }

    static void read_small(const std::string& path) {
        char block[small_bytes];
        int fd = open_file(path, O_RDONLY);
        if (read(fd, block, sizeof(block)) != ssize_t(sizeof(block))) give_up(path);
        close(fd);
    }

    static void read_at(int fd, std::vector<char>& block, off_t index) {
        const off_t offset = index * static_cast<off_t>(small_bytes);
        if (pread(fd, block.data(), block.size(), offset) != ssize_t(block.size())) give_up("read");
    }

    void make(Meter& meter, size_t bytes) {
        const std::string folder = fmt::format("{}/new{}.{}", path_, getpid(), next_++);
        if (mkdir(folder.c_str(), 0755) != 0) give_up(folder);
        const std::vector<char> block(bytes, 'z');
        unsigned made = 0;
        do
            meter.timed(100, [&] {
                for (int i = 0; i < 100; i++) {
                    int fd = open_file(fmt::format("{}/f{}", folder, made++),
                                       O_WRONLY | O_CREAT | O_EXCL);
                    if (bytes && write(fd, block.data(), bytes) != ssize_t(bytes)) give_up("write");
                    if (close(fd) != 0) give_up("close");
                }
            });
        while (meter.more());
        for (unsigned i = 0; i < made; i++) unlink(fmt::format("{}/f{}", folder, i).c_str());
        rmdir(folder.c_str());
    }

    const std::string path_;
    unsigned next_ = 0;
};

void serve_orders(Folder folder) {
    const std::map<std::string, void (*)(Folder&, Meter&)> kinds{
        {"stat_known", [](Folder& on, Meter& meter) { on.stat_known(meter); }},
        {"stat_unknown", [](Folder& on, Meter& meter) { on.stat_unknown(meter); }},
        {"open_read_close", [](Folder& on, Meter& meter) { on.open_read_close(meter); }},
        {"read_4k", [](Folder& on, Meter& meter) { on.read_known(meter); }},
        {"read_1m", [](Folder& on, Meter& meter) { on.read_through(meter); }},
        {"write_1m", [](Folder& on, Meter& meter) { on.write_through(meter); }},
        {"create", [](Folder& on, Meter& meter) { on.create(meter); }},
        {"create_write", [](Folder& on, Meter& meter) { on.create_write(meter); }},
        {"layout", [](Folder& on, Meter&) { on.lay_out(); }}};
    for (std::string line; std::getline(std::cin, line);) {
        std::istringstream words(line);
        std::string kind;
        double seconds = 0;
        words >> kind >> seconds;
        auto found = kinds.find(kind);
        if (found == kinds.end()) give_up("no such kind: " + kind);
        Meter meter(seconds);
        found->second(folder, meter);
        std::cout << meter.json() << std::endl;
    }
}

}  // namespace
}  // namespace strait::bench

int main(int argc, char** argv) {
    if (argc != 2) {
        fmt::print(stderr, "usage: bench_mount FOLDER\n");
        return 2;
    }
    strait::bench::serve_orders(strait::bench::Folder(argv[1]));
    return 0;
}
