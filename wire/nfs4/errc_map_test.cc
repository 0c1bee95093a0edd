// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/errc_map.h"

#include <gtest/gtest.h>

#include <vector>

namespace strait::wire::nfs4 {
namespace {

const std::vector<Errc> every_errc = {Errc::ok,
#define X(name, number, text) Errc::name,
                                      STRAIT_ERRC_LIST(X)
#undef X
};

TEST(ErrcMap, what_clients_act_upon_survives_both_ways) {
    // The codes that a client's recovery distinguishes, and those that become an errno of their
    // own.
    for (Errc code : {Errc::ok,          Errc::perm,         Errc::noent,          Errc::io,
                      Errc::access,      Errc::exist,        Errc::xdev,           Errc::notdir,
                      Errc::isdir,       Errc::inval,        Errc::fbig,           Errc::nospc,
                      Errc::rofs,        Errc::mlink,        Errc::nametoolong,    Errc::notempty,
                      Errc::dquot,       Errc::stale,        Errc::badhandle,      Errc::badcookie,
                      Errc::notsup,      Errc::delay,        Errc::grace,          Errc::no_grace,
                      Errc::reclaim_bad, Errc::share_denied, Errc::denied,         Errc::locks_held,
                      Errc::openmode,    Errc::bad_stateid,  Errc::old_stateid,    Errc::expired,
                      Errc::revoked,     Errc::badsession,   Errc::stale_clientid, Errc::wrongsec,
                      Errc::moved,       Errc::nodata,       Errc::serverfault})
        EXPECT_EQ(from_nfs4(to_nfs4(code)), code) << errc_name(code);
}

TEST(ErrcMap, no_failure_becomes_success) {
    for (Errc code : every_errc)
        EXPECT_EQ(to_nfs4(code) == NFS4_OK, code == Errc::ok) << errc_name(code);
#define X(name, number) EXPECT_EQ(from_nfs4(name) == Errc::ok, name == NFS4_OK) << #name;
    STRAIT_NFSSTAT4_LIST(X)
#undef X
    EXPECT_EQ(from_nfs4(static_cast<nfsstat4>(424242)), Errc::serverfault);
}

TEST(ErrcMap, an_error_keeps_the_servers_own_status) {
    EXPECT_EQ(error_of(NFS4ERR_FHEXPIRED), Error(Errc::stale, Domain::nfs4, NFS4ERR_FHEXPIRED));
}

TEST(Names, of_statuses) {
    EXPECT_EQ(to_string(NFS4ERR_STALE), "NFS4ERR_STALE");
    EXPECT_EQ(to_string(static_cast<nfsstat4>(3)), "NFS4ERR_?");
}

}  // namespace
}  // namespace strait::wire::nfs4
