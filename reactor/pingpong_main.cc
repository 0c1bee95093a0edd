// SPDX-License-Identifier: LGPL-2.1-or-later
// reactor_pingpong: what a round trip at depth 1 costs, client and server both on blocking sockets,
// io_uring or epoll.
//   reactor_pingpong [round trips] [bytes] [spin in microseconds]
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

#include "reactor/tcp.h"

namespace strait {
namespace {

struct Setup {
    size_t rounds = 20'000;
    size_t bytes = 128;
    Duration spin = Duration::zero();
};

std::unique_ptr<Reactor> make_loop(BackendKind kind, Duration spin) {
    ReactorOptions options;
    options.backend = kind;
    options.spin = spin;
    auto made = Reactor::create(options);
    return made ? std::move(*made) : nullptr;
}

Task<> echo_once(TcpStream& stream, size_t bytes) {
    size_t seen = 0;
    while (seen < bytes) {
        Buffer came = co_await stream.receive();
        if (came.empty()) co_await Errc::closed;
        seen += came.size();
        co_await stream.send(BufferChain(std::move(came)));
    }
}

Task<> serve(TcpListener& listener, size_t bytes) {
    TcpStream stream = co_await listener.accept();
    for (;;) co_await echo_once(stream, bytes);
}

Task<> ask(TcpStream& stream, const Buffer& question) {
    co_await stream.send(BufferChain(question));
    size_t seen = 0;
    while (seen < question.size()) {
        Buffer came = co_await stream.receive();
        if (came.empty()) co_await Errc::closed;
        seen += came.size();
    }
}

void ask_blocking(int fd, std::vector<char>& room) {
    if (::send(fd, room.data(), room.size(), MSG_NOSIGNAL) < 0) return;
    ::recv(fd, room.data(), room.size(), MSG_WAITALL);
}

int blocking_listener(Address& address) {
    int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Address any = Address::loopback(0);
    sockaddr_storage storage;
    socklen_t size = sizeof(storage);
    if (::bind(fd, any.native(), any.native_size()) < 0 || ::listen(fd, 1) < 0) std::exit(1);
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size);
    address = Address::from_native(reinterpret_cast<sockaddr*>(&storage), size);
    return fd;
}

void serve_blocking(int listener, size_t bytes) {
    int fd = ::accept(listener, nullptr, nullptr);
    int one = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    std::vector<char> room(bytes);
    while (::recv(fd, room.data(), bytes, MSG_WAITALL) == static_cast<ssize_t>(bytes))
        if (::send(fd, room.data(), bytes, MSG_NOSIGNAL) < 0) break;
    ::close(fd);
    ::close(listener);
}

struct Cost {
    double best = 1e9;  // of the batches: what it costs when nobody disturbs
    double median = 0;
    double cpu = 0;
    double switches = 0;
};

double cpu_of(const rusage& usage) {
    return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e6 +
           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
}

template <class F>
Cost measure(size_t rounds, F one_round) {
    constexpr size_t batches = 40;
    for (size_t i = 0; i < 200; i++) one_round();
    rusage before;
    rusage after;
    ::getrusage(RUSAGE_SELF, &before);
    std::vector<double> took;
    size_t each = std::max<size_t>(rounds / batches, 1);
    for (size_t batch = 0; batch < batches; batch++) {
        auto start = MonoClock::now();
        for (size_t i = 0; i < each; i++) one_round();
        took.push_back(static_cast<double>((MonoClock::now() - start) / 1ns) / 1e3 /
                       static_cast<double>(each));
    }
    ::getrusage(RUSAGE_SELF, &after);
    std::sort(took.begin(), took.end());
    auto n = static_cast<double>(each * batches);
    return {took.front(), took[batches / 2], (cpu_of(after) - cpu_of(before)) / n,
            static_cast<double>(after.ru_nvcsw - before.ru_nvcsw) / n};
}

void report(std::string_view client, std::string_view server, Cost cost) {
    std::printf("%-9.*s %-9.*s best %8.2f us  median %8.2f us  cpu %8.2f us  %5.2f switches\n",
                static_cast<int>(client.size()), client.data(), static_cast<int>(server.size()),
                server.data(), cost.best, cost.median, cost.cpu, cost.switches);
    std::fflush(stdout);
}

Cost client_cost(std::string_view kind, const Address& address, const Setup& setup) {
    if (kind == "blocking") {
        int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int one = 1;
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
        if (::connect(fd, address.native(), address.native_size()) < 0) std::exit(1);
        std::vector<char> room(setup.bytes);
        Cost cost = measure(setup.rounds, [&] { ask_blocking(fd, room); });
        ::close(fd);
        return cost;
    }
    auto loop = make_loop(kind == "uring" ? BackendKind::uring : BackendKind::epoll, setup.spin);
    auto stream = loop->block_on(TcpStream::connect(*loop, address)).value();
    Buffer question = Buffer::allocate(setup.bytes);
    return measure(setup.rounds, [&] { (void)loop->block_on(ask(stream, question)); });
}

void pair_of(std::string_view client, std::string_view server, const Setup& setup) {
    if (server == "blocking") {
        Address address;
        int listener = blocking_listener(address);
        std::jthread thread(serve_blocking, listener, setup.bytes);
        report(client, server, client_cost(client, address, setup));
        return;
    }
    std::atomic<bool> ready{false};
    Address address;
    std::jthread thread([&] {
        auto loop =
            make_loop(server == "uring" ? BackendKind::uring : BackendKind::epoll, setup.spin);
        auto listener = TcpListener::bind(*loop, Address::loopback(0)).value();
        address = listener.local();
        ready = true;
        ready.notify_one();
        (void)loop->block_on(serve(listener, setup.bytes));
    });
    ready.wait(false);
    report(client, server, client_cost(client, address, setup));
}

size_t number(const char* text) {
    size_t value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

}  // namespace
}  // namespace strait

int main(int argc, char** argv) {
    using namespace strait;
    Setup setup;
    if (argc > 1) setup.rounds = number(argv[1]);
    if (argc > 2) setup.bytes = number(argv[2]);
    if (argc > 3) setup.spin = std::chrono::microseconds(number(argv[3]));
    std::vector<std::string_view> kinds{"blocking", "epoll"};
    if (make_loop(BackendKind::uring, setup.spin)) kinds.push_back("uring");
    std::printf("%zu round trips of %zu bytes\nclient    server\n", setup.rounds, setup.bytes);
    for (auto client : kinds) pair_of(client, "blocking", setup);
    for (auto server : kinds) pair_of("blocking", server, setup);
    for (auto kind : kinds) pair_of(kind, kind, setup);
}
