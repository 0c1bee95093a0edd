// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/unix_stream.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <filesystem>

#include "reactor/test_support.h"

namespace strait {
namespace {

using Unix = ReactorTest;
STRAIT_BOTH_BACKENDS(Unix);

class PrivateDirectory {
  public:
    PrivateDirectory() {
        char name[] = "/tmp/strait-unix-XXXXXX";
        path_ = ::mkdtemp(name);
    }
    ~PrivateDirectory() { std::filesystem::remove_all(path_); }
    std::string operator/(const char* name) const { return path_ + "/" + name; }

  private:
    std::string path_;
};

struct Pair {
    UnixStream client;
    UnixStream server;
};

Task<Pair> connected_pair(Reactor& loop, Address address) {
    auto listener = co_await UnixListener::bind(loop, address);
    UnixStream client = co_await UnixStream::connect(loop, address);
    UnixStream server = co_await listener.accept();
    co_return Pair{std::move(client), std::move(server)};
}

TEST_P(Unix, streams_by_path_and_by_abstract_name_carry_bytes_both_ways) {
    PrivateDirectory directory;
    std::string name = "@strait-test-" + std::to_string(::getpid());
    for (const std::string& path : {directory / "door", name}) {
        auto pair = run(connected_pair(*loop, Address::unix_socket(path).value())).value();
        EXPECT_EQ(pair.client.peer().format(), path);
        (void)run(pair.client.send(BufferChain(Buffer::copy_of("there")))).value();
        EXPECT_EQ(run(pair.server.receive()).value().text(), "there");
        (void)run(pair.server.send(BufferChain(Buffer::copy_of("and back")))).value();
        EXPECT_EQ(run(pair.client.receive()).value().text(), "and back");
    }
}

TEST_P(Unix, nobody_at_the_path_is_an_error) {
    PrivateDirectory directory;
    Address nowhere = Address::unix_socket(directory / "nowhere").value();
    EXPECT_EQ(run(UnixStream::connect(*loop, nowhere)).error().code, Errc::noent);
}

TEST_P(Unix, the_kernel_vouches_for_the_peer) {
    PrivateDirectory directory;
    auto pair =
        run(connected_pair(*loop, Address::unix_socket(directory / "door").value())).value();
    PeerCredentials who = pair.server.peer_credentials().value();
    EXPECT_EQ(who.pid, ::getpid());
    EXPECT_EQ(who.uid, ::getuid());
    EXPECT_EQ(who.gid, ::getgid());
}

TEST_P(Unix, descriptors_travel_with_their_bytes) {
    PrivateDirectory directory;
    auto pair =
        run(connected_pair(*loop, Address::unix_socket(directory / "door").value())).value();
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    Descriptor in(ends[0]);
    Descriptor out(ends[1]);
    Result<UnixMessage> came = fail(Errc::io);
    Nursery receiver;
    receiver.spawn(keep(pair.server.receive_message(), came));
    loop->poll(MonoTime::min());
    int sent[] = {in.get(), out.get()};
    (void)run(pair.client.send_message(BufferChain(Buffer::copy_of("two")), sent)).value();
    (void)run(receiver.close());
    ASSERT_TRUE(came.has_value());
    EXPECT_EQ(came->data.text(), "two");
    ASSERT_EQ(came->descriptors.size(), 2u);
    in.close();
    out.close();
    char text[3] = "";
    ASSERT_EQ(::write(came->descriptors[1].get(), "hi", 2), 2);
    ASSERT_EQ(::read(came->descriptors[0].get(), text, 2), 2);
    EXPECT_STREQ(text, "hi");
    EXPECT_TRUE(::fcntl(came->descriptors[0].get(), F_GETFD) & FD_CLOEXEC);
}

TEST_P(Unix, a_large_message_keeps_its_descriptors_at_its_first_byte) {
    PrivateDirectory directory;
    auto pair =
        run(connected_pair(*loop, Address::unix_socket(directory / "door").value())).value();
    Descriptor null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    int sent[] = {null.get()};
    BufferChain data(Buffer::allocate(3 << 20));
    Nursery sender;
    sender.spawn(pair.client.send_message(data, sent));
    size_t bytes = 0;
    size_t descriptors = 0;
    while (bytes < data.size()) {
        UnixMessage part = run(pair.server.receive_message()).value();
        descriptors += part.descriptors.size();
        EXPECT_TRUE(bytes == 0 || part.descriptors.empty());
        bytes += part.data.size();
    }
    EXPECT_EQ(descriptors, 1u);
    (void)run(sender.close());
}

TEST_P(Unix, too_many_descriptors_are_refused_before_anything_is_sent) {
    PrivateDirectory directory;
    auto pair =
        run(connected_pair(*loop, Address::unix_socket(directory / "door").value())).value();
    std::vector<int> many(UnixStream::max_descriptors + 1, 0);
    auto outcome = run(pair.client.send_message(BufferChain(Buffer::copy_of("x")), many));
    EXPECT_EQ(outcome.error().code, Errc::inval);
}

TEST_P(Unix, a_stop_ends_a_wait_for_a_message) {
    PrivateDirectory directory;
    auto pair =
        run(connected_pair(*loop, Address::unix_socket(directory / "door").value())).value();
    auto waits = loop->with_deadline(pair.server.receive_message(), MonoClock::now() + 1ms);
    EXPECT_EQ(run(std::move(waits)).error().code, Errc::timedout);
}

TEST_P(Unix, the_end_of_the_stream_is_an_empty_message) {
    PrivateDirectory directory;
    auto pair =
        run(connected_pair(*loop, Address::unix_socket(directory / "door").value())).value();
    pair.client.close();
    EXPECT_TRUE(run(pair.server.receive_message()).value().data.empty());
}

}  // namespace
}  // namespace strait
