// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/options.h"

#include <gtest/gtest.h>

namespace strait::client {
namespace {

UrlResult<MountOptions> options(std::string_view query) {
    auto url = parse_url("nfs://nas:20049/x?" + std::string(query));
    if (!url) return std::unexpected(url.error());
    return parse_options(*url);
}

TEST(Options, defaults_are_those_of_a_careful_mount) {
    auto read = options("");
    ASSERT_TRUE(read.has_value());
    EXPECT_EQ(read->minor, std::nullopt);
    EXPECT_EQ(read->port, 20049);
    EXPECT_EQ(read->rsize, 512u << 10);
    EXPECT_EQ(read->on_silence, OnSilence::hard);
    EXPECT_EQ(read->connections, 1u);
    EXPECT_FALSE(read->read_only);
}

TEST(Options, mount_nfs_names_and_libnfs_names_mean_the_same) {
    EXPECT_EQ(options("vers=4.1")->minor, 1u);
    EXPECT_EQ(options("nfsvers=4.2")->minor, 2u);
    EXPECT_EQ(options("version=4")->minor, std::nullopt);
    EXPECT_EQ(options("vers=4&minorversion=1")->minor, 1u);
    EXPECT_EQ(options("port=111")->port, 111);
    EXPECT_EQ(options("nfsport=112")->port, 112);
    EXPECT_EQ(options("rsize=65536&wsize=4096")->wsize, 4096u);
    EXPECT_EQ(options("timeo=5")->timeo, 500ms);
    EXPECT_EQ(options("softerr")->on_silence, OnSilence::softerr);
    EXPECT_EQ(options("soft&hard")->on_silence, OnSilence::hard);
    EXPECT_EQ(options("nconnect=8")->connections, 8u);
    EXPECT_EQ(options("proto=tcp6")->family, AddressFamily::inet6);
    EXPECT_EQ(options("uid=1000&gid=100")->gid, 100u);
    EXPECT_TRUE(options("ro")->read_only);
    EXPECT_EQ(options("nolock")->local_lock, LocalLock::all);
    EXPECT_TRUE(options("sec=sys&_netdev&noresvport&mountport=20048&nofail").has_value());
    EXPECT_EQ(options("readdir-buffer=4096,65536")->readdir_bytes, 65536u);
}

TEST(Options, cache_options_reach_the_cache) {
    EXPECT_EQ(options("acregmin=1&acdirmax=9")->cache.acdirmax, 9s);
    EXPECT_EQ(options("actimeo=7")->cache.acregmin, 7s);
    EXPECT_FALSE(options("actimeo=0")->cache.attributes);
    EXPECT_FALSE(options("actimeo=0")->cache.sync);
    EXPECT_FALSE(options("noac")->cache.attributes);
    EXPECT_TRUE(options("noac")->cache.sync);
    EXPECT_FALSE(options("nocto")->cache.close_to_open);
    EXPECT_EQ(options("lookupcache=pos")->cache.lookup, LookupCache::positive);
    EXPECT_EQ(options("dircache=0")->cache.lookup, LookupCache::none);
    EXPECT_EQ(options("coherence=bounded:250")->cache.bound, 250ms);
    EXPECT_EQ(options("coherence=strict")->cache.coherence, Coherence::strict);
}

TEST(Options, what_is_unknown_or_not_there_yet_is_named) {
    const std::pair<std::string_view, std::string_view> table[] = {
        {"frobnicate=1", "option 'frobnicate=1' of nfs://nas/x: no such option"},
        {"vers=3", "NFS version 3 is not spoken here yet"},
        {"vers=4.0", "NFS version 4.0 is not spoken here yet"},
        {"vers=5", "the versions are"},
        {"vers", "the versions are"},
        {"sec=krb5p", "Kerberos is not there yet"},
        {"sec=foo", "the security flavours are"},
        {"xprtsec=tls", "RPC-with-TLS is not there yet"},
        {"proto=rdma", "transport rdma is not there yet"},
        {"nconnect=17", "give a number from 1 to 16"},
        {"nconnect=0", "give a number from 1 to 16"},
        {"nconnect", "give a number from 1 to 16"},
        {"rsize=-1", "give a number"},
        {"uid=4294967295", "give a number"},
        {"ro=1", "it is a flag"},
        {"coherence=bounded:", "the choices are"},
        {"fsc", "no such option"},
    };
    for (auto [query, why] : table) {
        auto read = options(query);
        ASSERT_FALSE(read.has_value()) << query;
        EXPECT_NE(read.error().text.find(why), std::string::npos) << read.error().text;
    }
}

}  // namespace
}  // namespace strait::client
