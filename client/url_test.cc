// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/url.h"

#include <gtest/gtest.h>

namespace strait::client {
namespace {

struct Good {
    std::string_view text;
    std::string host;
    std::optional<uint16_t> port;
    std::string path;
};

TEST(Url, every_form_is_split_into_its_parts) {
    const Good table[] = {
        {"nfs://nas", "nas", std::nullopt, "/"},
        {"nfs://nas/", "nas", std::nullopt, "/"},
        {"nfs://nas/export/a", "nas", std::nullopt, "/export/a"},
        {"nfs://nas:20049/export", "nas", 20049, "/export"},
        {"nfs://user@nas/export", "nas", std::nullopt, "/export"},
        {"nfs://10.0.0.1:1/x", "10.0.0.1", 1, "/x"},
        {"nfs://[::1]/x", "::1", std::nullopt, "/x"},
        {"nfs://[fe80::1%25eth0]:2049/x", "fe80::1%eth0", 2049, "/x"},
        {"nfs://nas//a/./b//", "nas", std::nullopt, "/a/b"},
        {"nfs://nas/a/../b", "nas", std::nullopt, "/a/../b"},
        {"nfs://nas/with%20space%3f%23", "nas", std::nullopt, "/with space?#"},
        {"nfs://nas/plus+is+plus#hash", "nas", std::nullopt, "/plus+is+plus#hash"},
        {"nfs://nas?ro", "nas", std::nullopt, "/"},
        {"nas:/export/a", "nas", std::nullopt, "/export/a"},
        {"nas:/per%20cent?", "nas", std::nullopt, "/per%20cent?"},
        {"[::1]:/export", "::1", std::nullopt, "/export"},
    };
    for (const Good& good : table) {
        auto url = parse_url(good.text);
        ASSERT_TRUE(url.has_value()) << good.text << ": " << url.error().text;
        EXPECT_EQ(url->host, good.host) << good.text;
        EXPECT_EQ(url->port, good.port) << good.text;
        EXPECT_EQ(url->path, good.path) << good.text;
    }
}

TEST(Url, what_is_no_url_is_refused_with_the_reason) {
    const std::pair<std::string_view, std::string_view> table[] = {
        {"", "no host"},
        {"/local/path", "no host"},
        {"nfs://", "is no host"},
        {"nfs:///export", "is no host"},
        {"nfs://nas:0/x", "is no port"},
        {"nfs://nas:65536/x", "is no port"},
        {"nfs://nas:/x", "is no port"},
        {"nfs://nas:12a/x", "is no port"},
        {"nfs://[::1/x", "is no host"},
        {"nfs://[::1]x/x", "is no host"},
        {"nfs://nas/a%2fb", "bad escape in the path"},
        {"nfs://nas/a%00b", "bad escape in the path"},
        {"nfs://nas/a%4", "bad escape in the path"},
        {"nfs://nas/a%zz", "bad escape in the path"},
        {"nfs://na s/a", "is no host"},
        {"http://nas/a", "scheme 'http' is not known"},
        {"nfs://nas/a?=5", "is no option"},
        {"nfs://nas/a?x=%", "bad escape in the value of 'x'"},
        {"a/b:/c", "no host"},
    };
    for (auto [text, why] : table) {
        auto url = parse_url(text);
        ASSERT_FALSE(url.has_value()) << text;
        EXPECT_NE(url.error().text.find(why), std::string::npos) << url.error().text;
    }
    EXPECT_FALSE(parse_url(std::string_view("nfs://nas/\0x", 12)).has_value());
}

TEST(Url, options_keep_their_order_and_are_unescaped) {
    auto url = parse_url("nfs://nas/x?vers=4.2&ro&&name=a%26b");
    ASSERT_TRUE(url.has_value());
    EXPECT_EQ(url->options,
              (std::vector<UrlOption>{{"vers", "4.2"}, {"ro", std::nullopt}, {"name", "a&b"}}));
    ASSERT_TRUE(add_options(*url, "soft,timeo=50").has_value());
    EXPECT_EQ(url->options.back(), (UrlOption{"timeo", "50"}));
    EXPECT_FALSE(add_options(*url, "=3").has_value());
}

TEST(Url, its_text_reads_back_as_the_same_url) {
    for (std::string_view text :
         {"nfs://nas/a%20b/%25?vers=4.2&ro", "nfs://[::1]:20049/x?name=%26%3d", "nas:/e x"}) {
        auto url = parse_url(text);
        ASSERT_TRUE(url.has_value());
        auto again = parse_url(to_text(*url));
        ASSERT_TRUE(again.has_value()) << to_text(*url);
        EXPECT_EQ(*again, *url);
    }
}

TEST(Url, a_local_path_does_not_look_remote) {
    EXPECT_TRUE(looks_remote("nfs://nas/x"));
    EXPECT_TRUE(looks_remote("nas:/x"));
    EXPECT_TRUE(looks_remote("http://nas/x"));
    EXPECT_FALSE(looks_remote("/nas/x"));
    EXPECT_FALSE(looks_remote("dir/a:/b"));
    EXPECT_FALSE(looks_remote("file"));
    EXPECT_FALSE(looks_remote(":/x"));
}

}  // namespace
}  // namespace strait::client
