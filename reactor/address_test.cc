// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/address.h"

#include "reactor/test_support.h"

namespace strait {
namespace {

TEST(Address, what_is_parsed_is_formatted_back) {
    for (const char* text : {"127.0.0.1:2049", "0.0.0.0:0", "[::1]:2049", "[fe80::1]:65535"})
        EXPECT_EQ(Address::parse(text).value().format(), text);
    EXPECT_EQ(Address::parse("[::1]:111").value().host(), "::1");
    EXPECT_EQ(Address::parse("10.1.2.3:111").value().port(), 111);
    EXPECT_EQ(Address::parse("10.1.2.3:111").value().with_port(7).format(), "10.1.2.3:7");
}

TEST(Address, names_and_malformed_numbers_are_refused) {
    for (const char* text :
         {"", ":", "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
          "127.0.0.1:80x", "1.2.3:80", "::1:80", "[::1:80", "[]:80", "[::1%nosuchzone]:80"})
        EXPECT_EQ(Address::parse(text).error().code, Errc::inval) << text;
}

TEST(Address, unix_names_have_a_limit_and_an_abstract_form) {
    EXPECT_EQ(Address::unix_socket("/run/x").value().format(), "/run/x");
    EXPECT_EQ(Address::unix_socket("@x").value().format(), "@x");
    EXPECT_EQ(Address::unix_socket(std::string(107, 'a')).value().format(), std::string(107, 'a'));
    EXPECT_EQ(Address::unix_socket(std::string(108, 'a')).error().code, Errc::nametoolong);
    EXPECT_EQ(Address::unix_socket("").error().code, Errc::inval);
}

TEST(Address, equality_is_of_all_bytes) {
    EXPECT_EQ(Address::loopback(5), Address::parse("127.0.0.1:5").value());
    EXPECT_FALSE(Address::loopback(5) == Address::loopback(6));
}

using Resolve = ReactorTest;
STRAIT_BOTH_BACKENDS(Resolve);

TEST_P(Resolve, a_number_is_answered_without_asking) {
    auto found = run(Address::resolve(*loop, "127.0.0.1", 2049)).value();
    ASSERT_EQ(found.size(), 1u);
    EXPECT_EQ(found[0], Address::loopback(2049));
}

TEST_P(Resolve, localhost_is_a_loopback_address) {
    auto found = run(Address::resolve(*loop, "localhost", 7)).value();
    ASSERT_FALSE(found.empty());
    EXPECT_TRUE(found[0].host() == "127.0.0.1" || found[0].host() == "::1");
    EXPECT_EQ(found[0].port(), 7);
}

TEST_P(Resolve, a_stopped_lookup_is_left_behind) {
    Result<std::vector<Address>> outcome = fail(Errc::io);
    Nursery waits;
    waits.spawn(keep(Address::resolve(*loop, "localhost", 7), outcome));
    waits.stop(Errc::interrupted);
    (void)run(waits.close());
    EXPECT_EQ(outcome.error().code, Errc::interrupted);
}

}  // namespace
}  // namespace strait
