// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/tcp.h"

#include <netinet/in.h>

#include <random>

#include "reactor/test_support.h"

namespace strait {
namespace {

using Tcp = ReactorTest;
STRAIT_BOTH_BACKENDS(Tcp);

Task<> echo(TcpStream stream) {
    for (;;) {
        Buffer came = co_await stream.receive();
        if (came.empty()) break;
        co_await stream.send(BufferChain(std::move(came)));
    }
    stream.shutdown_send();
}

Task<> serve_echo(TcpListener& listener, Nursery& connections) {
    for (;;) {
        TcpStream stream = co_await listener.accept();
        connections.spawn(echo(std::move(stream)));
    }
}

// An echo server in the test's own loop.
struct EchoServer {
    explicit EchoServer(Reactor& reactor) : loop(reactor) {
        auto bound = TcpListener::bind(reactor, Address::loopback(0));
        EXPECT_TRUE(bound.has_value());
        listener = std::move(*bound);
        acceptors.spawn(serve_echo(listener, connections));
    }
    ~EchoServer() {
        acceptors.stop();
        connections.stop();
        (void)loop.block_on(acceptors.close());
        (void)loop.block_on(connections.close());
    }
    Reactor& loop;
    TcpListener listener;
    Nursery connections;
    Nursery acceptors;
};

Task<> send_numbers(TcpStream& stream, size_t total) {
    std::minstd_rand sizes(7);
    size_t sent = 0;
    while (sent < total) {
        size_t size = std::min<size_t>(total - sent, 1 + sizes() % 300'001);
        BufferChain chain;
        while (chain.size() < size) {
            Buffer part =
                Buffer::allocate(std::min<size_t>(size - chain.size(), 1 + sizes() % 70'001));
            for (size_t i = 0; i < part.size(); i++)
                part.data()[i] =
                    static_cast<std::byte>((sent + chain.size() + i) * 2654435761u >> 13);
            chain.append(std::move(part));
        }
        co_await stream.send(std::move(chain));
        sent += size;
    }
    stream.shutdown_send();
}

size_t count_wrong(Bytes bytes, size_t position) {
    size_t wrong = 0;
    for (size_t i = 0; i < bytes.size(); i++)
        wrong += bytes[i] != static_cast<std::byte>((position + i) * 2654435761u >> 13);
    return wrong;
}

Task<size_t> receive_numbers(TcpStream& stream) {
    size_t position = 0;
    for (;;) {
        Buffer came = co_await stream.receive();
        if (came.empty()) co_return position;
        EXPECT_EQ(count_wrong(came.bytes(), position), 0u);
        position += came.size();
    }
}

Task<size_t> receive_numbers_exactly(TcpStream& stream, size_t total) {
    std::minstd_rand sizes(11);
    std::vector<std::byte> room(1'500'000);
    size_t position = 0;
    while (position < total) {
        size_t size = std::min<size_t>(total - position, 1 + sizes() % room.size());
        if (sizes() % 3 == 0) {
            Buffer came = co_await stream.receive();
            EXPECT_EQ(count_wrong(came.bytes(), position), 0u);
            position += came.size();
            continue;
        }
        co_await stream.receive_exact({room.data(), size});
        EXPECT_EQ(count_wrong({room.data(), size}, position), 0u);
        position += size;
    }
    Buffer end = co_await stream.receive();
    EXPECT_TRUE(end.empty());
    co_return position;
}

constexpr size_t much = 100u << 20;

TEST_P(Tcp, an_echo_of_100_mib_in_odd_sizes_comes_back_whole) {
    EchoServer server(*loop);
    auto stream = run(TcpStream::connect(*loop, server.listener.local())).value();
    Nursery sender;
    sender.spawn(send_numbers(stream, much));
    EXPECT_EQ(run(receive_numbers(stream)).value(), much);
    (void)run(sender.close());
}

TEST_P(Tcp, exact_receives_mixed_with_plain_ones_see_every_byte_once) {
    EchoServer server(*loop);
    auto stream = run(TcpStream::connect(*loop, server.listener.local())).value();
    Nursery sender;
    sender.spawn(send_numbers(stream, much / 2));
    EXPECT_EQ(run(receive_numbers_exactly(stream, much / 2)).value(), much / 2);
    (void)run(sender.close());
}

TEST_P(Tcp, a_half_closed_stream_still_receives) {
    EchoServer server(*loop);
    auto stream = run(TcpStream::connect(*loop, server.listener.local())).value();
    ASSERT_TRUE(run(stream.send(BufferChain(Buffer::copy_of("over and out")))).has_value());
    stream.shutdown_send();
    char text[12];
    ASSERT_TRUE(run(stream.receive_exact(std::as_writable_bytes(std::span(text)))).has_value());
    EXPECT_EQ(std::string_view(text, 12), "over and out");
    EXPECT_TRUE(run(stream.receive()).value().empty());
}

// Gives the socket a free port of its own.
Address bound(int socket) {
    Address any = Address::loopback(0);
    EXPECT_EQ(::bind(socket, any.native(), any.native_size()), 0);
    sockaddr_storage storage;
    socklen_t size = sizeof(storage);
    EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&storage), &size), 0);
    return Address::from_native(reinterpret_cast<sockaddr*>(&storage), size);
}

TEST_P(Tcp, a_connection_to_nobody_is_refused) {
    int taken = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Descriptor owner(taken);  // of the port, so that nobody else listens there
    EXPECT_EQ(run(TcpStream::connect(*loop, bound(taken))).error().code, Errc::connrefused);
}

struct Pair {
    TcpStream client;
    TcpStream server;
};

Task<Pair> connected_pair(Reactor& loop) {
    auto listener = co_await TcpListener::bind(loop, Address::loopback(0));
    TcpStream client = co_await TcpStream::connect(loop, listener.local());
    TcpStream server = co_await listener.accept();
    co_return Pair{std::move(client), std::move(server)};
}

TEST_P(Tcp, addresses_of_both_ends_agree) {
    auto pair = run(connected_pair(*loop)).value();
    EXPECT_EQ(pair.client.local(), pair.server.peer());
    EXPECT_EQ(pair.client.peer(), pair.server.local());
}

TEST_P(Tcp, a_reset_by_the_peer_is_an_error_of_receive_and_send) {
    auto pair = run(connected_pair(*loop)).value();
    linger abort_at_close{1, 0};
    ::setsockopt(pair.server.native_handle(), SOL_SOCKET, SO_LINGER, &abort_at_close,
                 sizeof(abort_at_close));
    pair.server.close();
    EXPECT_EQ(run(pair.client.receive()).error().code, Errc::connreset);
    EXPECT_EQ(run(pair.client.send(BufferChain(Buffer::copy_of("x")))).error().code, Errc::closed);
}

TEST_P(Tcp, closing_while_the_peer_waits_ends_its_stream_in_order) {
    auto pair = run(connected_pair(*loop)).value();
    Nursery waiter;
    Result<Buffer> outcome = fail(Errc::io);
    waiter.spawn(keep(pair.server.receive(), outcome));
    loop->poll(MonoTime::min());
    pair.client.close();
    (void)run(waiter.close());
    ASSERT_TRUE(outcome.has_value());
    EXPECT_TRUE(outcome->empty());
}

TEST_P(Tcp, an_exact_receive_past_the_end_is_an_error) {
    auto pair = run(connected_pair(*loop)).value();
    ASSERT_TRUE(run(pair.server.send(BufferChain(Buffer::copy_of("short")))).has_value());
    pair.server.close();
    std::vector<std::byte> room(500'000);
    EXPECT_EQ(run(pair.client.receive_exact(room)).error().code, Errc::connreset);
}

TEST_P(Tcp, a_stop_ends_receive_send_and_accept_with_its_reason) {
    auto pair = run(connected_pair(*loop)).value();
    auto listener = TcpListener::bind(*loop, Address::loopback(0)).value();
    std::vector<std::byte> room(1 << 20);
    Buffer flood = Buffer::allocate(64 << 20);
    Result<Buffer> received = fail(Errc::io);
    Result<> sent;
    Result<TcpStream> accepted = fail(Errc::io);
    Nursery waits;
    waits.spawn(keep(pair.client.receive(), received));
    waits.spawn(keep(pair.client.send(BufferChain(flood)), sent));
    waits.spawn(keep(listener.accept(), accepted));
    for (int i = 0; i < 5; i++) loop->poll(MonoTime::min());
    EXPECT_EQ(waits.running(), 3u);
    waits.stop(Errc::interrupted);
    (void)run(waits.close());
    EXPECT_EQ(received.error().code, Errc::interrupted);
    EXPECT_EQ(sent.error().code, Errc::interrupted);
    EXPECT_EQ(accepted.error().code, Errc::interrupted);
    auto late = loop->with_deadline(pair.client.receive_exact(room), MonoClock::now() + 5ms);
    EXPECT_EQ(run(std::move(late)).error().code, Errc::timedout);
}

TEST_P(Tcp, closing_a_stream_ends_the_waits_on_it_and_what_is_asked_later) {
    auto pair = run(connected_pair(*loop)).value();
    Buffer flood = Buffer::allocate(64 << 20);
    std::vector<std::byte> room(1 << 20);
    Result<Buffer> received = fail(Errc::io);
    Result<> sent;
    Result<> exact;
    Nursery waits;
    waits.spawn(keep(pair.client.receive(), received));
    waits.spawn(keep(pair.client.send(BufferChain(flood)), sent));
    waits.spawn(keep(pair.server.receive_exact(room), exact));
    loop->poll(MonoTime::min());
    pair.server.shutdown_send();
    pair.client.close();
    (void)run(waits.close());
    EXPECT_EQ(received.error().code, Errc::closed);
    EXPECT_EQ(sent.error().code, Errc::closed);
    EXPECT_EQ(run(pair.client.receive()).error().code, Errc::closed);
    EXPECT_EQ(run(pair.client.send(BufferChain(flood))).error().code, Errc::closed);
}

TEST_P(Tcp, bytes_that_come_after_a_stopped_receive_are_not_lost) {
    auto pair = run(connected_pair(*loop)).value();
    auto early = loop->with_deadline(pair.client.receive(), MonoClock::now() + 1ms);
    EXPECT_EQ(run(std::move(early)).error().code, Errc::timedout);
    ASSERT_TRUE(run(pair.server.send(BufferChain(Buffer::copy_of("kept")))).has_value());
    EXPECT_EQ(run(pair.client.receive()).value().text(), "kept");
}

TEST_P(Tcp, a_connect_that_nobody_answers_ends_at_its_deadline) {
    // A listener whose queue is full answers no more SYNs.
    int silent = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    Descriptor owner(silent);
    Address address = bound(silent);
    ASSERT_EQ(::listen(silent, 0), 0);
    std::vector<TcpStream> fillers;
    Errc last = Errc::ok;
    while (last == Errc::ok && fillers.size() < 16) {
        auto attempt =
            run(loop->with_deadline(TcpStream::connect(*loop, address), MonoClock::now() + 100ms));
        if (attempt) {
            fillers.push_back(std::move(*attempt));
        } else {
            last = attempt.error().code;
        }
    }
    EXPECT_EQ(last, Errc::timedout);
}

TEST_P(Tcp, a_shut_down_listener_ends_its_accept) {
    auto listener = TcpListener::bind(*loop, Address::loopback(0)).value();
    Result<TcpStream> accepted = fail(Errc::io);
    Nursery waits;
    waits.spawn(keep(listener.accept(), accepted));
    loop->poll(MonoTime::min());
    listener.shutdown();
    (void)run(waits.close());
    EXPECT_EQ(accepted.error().code, Errc::closed);
}

Task<> ping(Reactor& loop, Address address, size_t& answered) {
    TcpStream stream = co_await TcpStream::connect(loop, address);
    for (int i = 0; i < 3; i++) {
        co_await stream.send(BufferChain(Buffer::copy_of("ping")));
        char text[4];
        co_await stream.receive_exact(std::as_writable_bytes(std::span(text)));
    }
    answered++;
}

TEST_P(Tcp, a_thousand_connections_are_served) {
    EchoServer server(*loop);
    Nursery clients;
    size_t answered = 0;
    for (int i = 0; i < 1000; i++) clients.spawn(ping(*loop, server.listener.local(), answered));
    (void)run(clients.close());
    EXPECT_EQ(answered, 1000u);
}

TEST_P(Tcp, received_slices_may_outlive_the_loop_and_end_on_another_thread) {
    std::vector<Buffer> kept;
    {
        EchoServer server(*loop);
        auto stream = run(TcpStream::connect(*loop, server.listener.local())).value();
        for (int i = 0; i < 50; i++) {
            ASSERT_TRUE(
                run(stream.send(BufferChain(Buffer::copy_of(std::to_string(i))))).has_value());
            kept.push_back(run(stream.receive()).value());
        }
    }
    loop.reset();
    std::jthread([&kept] {
        EXPECT_EQ(kept[7].text(), "7");
        kept.clear();
    });
}

TEST_P(Tcp, consumers_that_hold_every_receive_block_do_not_stop_the_stream) {
    ReactorOptions options;
    options.receive_pool_bytes = 1;
    restart(options);
    EchoServer server(*loop);
    auto stream = run(TcpStream::connect(*loop, server.listener.local())).value();
    constexpr size_t total = 8u << 20;
    Nursery sender;
    sender.spawn(send_numbers(stream, total));
    std::vector<Buffer> held;
    size_t position = 0;
    while (position < total) {
        held.push_back(run(stream.receive()).value());
        position += held.back().size();
    }
    (void)run(sender.close());
    position = 0;
    for (auto& slice : held) {
        EXPECT_EQ(count_wrong(slice.bytes(), position), 0u);
        position += slice.size();
    }
}

}  // namespace
}  // namespace strait
