// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/report.h"

#include <gtest/gtest.h>

#include "wire/nfs4/errc_map.h"

namespace strait::tool {
namespace {

using namespace wire::nfs4;

TEST(Report, a_refusal_names_operation_path_server_status_and_what_to_do) {
    Error error = error_of(NFS4ERR_ACCESS);
    Failure failure{.what = "open", .where = "nfs://nas1/data/model.bin", .server = "nas1:2049"};
    failure.refusal = Refusal{"nas1:2049", "OPEN", error, 2, 1000};
    EXPECT_EQ(describe(failure, error),
              "strait: open nfs://nas1/data/model.bin: permission denied\n"
              "  server nas1:2049 answered NFS4ERR_ACCESS to OPEN (vers=4.2, sec=sys, uid 1000)\n"
              "  the export may squash or refuse this user: try another one (-o uid=N,gid=N), or "
              "ask for access on the server\n");
}

TEST(Report, a_connection_that_fails_tells_how) {
    Error error(Errc::connrefused, Domain::posix, ECONNREFUSED);
    Failure failure{
        .what = "connect to", .where = "nfs://nas1/x", .server = "nas1:2049", .connecting = true};
    std::string text = describe(failure, error);
    EXPECT_TRUE(
        text.starts_with("strait: connect to nfs://nas1/x: connection refused\n"
                         "  server nas1:2049 gave no connection: ECONNREFUSED\n"
                         "  nothing listens there"))
        << text;
}

TEST(Report, a_name_without_address_is_no_missing_file) {
    Failure failure{
        .what = "connect to", .where = "nfs://nos/x", .server = "nos:2049", .connecting = true};
    EXPECT_TRUE(describe(failure, Errc::noent)
                    .starts_with("strait: connect to nfs://nos/x: no such host\n"));
}

TEST(Report, local_failures_take_one_line) {
    Failure failure{.what = "copy", .where = "./a"};
    EXPECT_EQ(describe(failure, Error(Errc::noent, Domain::posix, ENOENT)),
              "strait: copy ./a: no such file or directory\n");
}

TEST(Report, what_we_decide_ourselves_is_not_the_servers_word) {
    Failure failure{.what = "read", .where = "nfs://nas1/d", .server = "nas1:2049"};
    EXPECT_EQ(describe(failure, Errc::nametoolong),
              "strait: read nfs://nas1/d: file name too long\n  on server nas1:2049\n");
}

TEST(Report, each_error_has_words) {
    Failure failure{.what = "x", .where = "y", .server = "z"};
    for (bool connecting : {false, true}) {
        failure.connecting = connecting;
#define X(name, number, text)                                                         \
    EXPECT_TRUE(describe(failure, Errc::name).starts_with("strait: x y: ")) << #name; \
    EXPECT_NE(describe(failure, Errc::name).find("z"), std::string::npos) << #name;
        STRAIT_ERRC_LIST(X)
#undef X
    }
}

}  // namespace
}  // namespace strait::tool
