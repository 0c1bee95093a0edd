// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages as text, on messages that have all kinds of fields.
#include <gtest/gtest.h>

#include "wire/nfs4/ops.h"
#include "wire/xdr/print.h"

namespace strait::wire::nfs4 {
namespace {

TEST(Print, names_each_field_and_only_the_chosen_arm) {
    OPEN4args open;
    open.share_access = 1;
    open.claim.file = "f";
    EXPECT_EQ(xdr::to_text(open),
              "{seqid=0, share_access=1, share_deny=0, owner={clientid=0, owner=-}, "
              "openhow={opentype=0}, claim={claim=0, file=\"f\"}}");
    EXPECT_EQ(xdr::to_text(READ4res{NFS4_OK, {true, BufferChain(Buffer::allocate(5))}}),
              "{status=NFS4_OK, resok4={eof=true, data=<5 bytes>}}");
    EXPECT_EQ(xdr::to_text(nfs_argop4{OP_LOOKUP, LOOKUP4args{"x"}}), "LOOKUP{objname=\"x\"}");
    EXPECT_EQ(xdr::to_text(TEST_STATEID4res{NFS4_OK, {{NFS4_OK, NFS4ERR_EXPIRED}}}),
              "{tsr_status=NFS4_OK, tsr_resok4={tsr_status_codes=[NFS4_OK, NFS4ERR_EXPIRED]}}");
}

TEST(Print, escapes_what_a_terminal_would_act_upon) {
    EXPECT_EQ(xdr::to_text(LOOKUP4args{"a\x1b[2J\"\\\xff"}), R"({objname="a\x1b[2J\"\\\xff"})");
}

TEST(Print, is_bounded) {
    std::string name(60000, 'n');
    EXPECT_LT(xdr::to_text(LOOKUP4args{name}).size(), 400u);
    LISTXATTRS4res many{NFS4_OK, {}};
    many.lxr_value.lxr_names.resize(60000, "name");
    EXPECT_LT(xdr::to_text(many).size(), 4200u);
    EXPECT_NE(xdr::to_text(many).find("..."), std::string::npos);
}

}  // namespace
}  // namespace strait::wire::nfs4
