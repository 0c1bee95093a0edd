// SPDX-License-Identifier: LGPL-2.1-or-later
// Golden bytes: names, handles, attributes.
#include "wire/nfs4/access.h"
#include "wire/nfs4/attributes.h"
#include "wire/nfs4/create.h"
#include "wire/nfs4/filehandle.h"
#include "wire/nfs4/getattr.h"
#include "wire/nfs4/golden_values.h"
#include "wire/nfs4/link.h"
#include "wire/nfs4/lookup.h"
#include "wire/nfs4/readdir.h"
#include "wire/nfs4/readlink.h"
#include "wire/nfs4/remove.h"
#include "wire/nfs4/rename.h"
#include "wire/nfs4/secinfo.h"
#include "wire/nfs4/verify.h"
#include "wire/nfs4/xattr.h"

namespace strait::wire::nfs4 {
namespace {

// mode 0644 and owner "me": words 0 and 1 of the mask, bits 33 and 36.
Attributes4 mode_and_owner() {
    Attributes4 made;
    made.mask = {FATTR4_MODE, FATTR4_OWNER};
    made.mode = 0644;
    made.owner = "me";
    return made;
}
#define GOLDEN_MODE_AND_OWNER "00000002 00000000 00000012  0000000c 000001a4 00000002 'me' 0000 "

TEST(Golden, access) {
    golden(ACCESS4args{ACCESS4_READ | ACCESS4_EXECUTE}, "00000021");
    golden(ACCESS4res{NFS4_OK, {0x3f, 0x21}}, "00000000 0000003f 00000021");
    golden(ACCESS4res{NFS4ERR_STALE, {}}, "00000046");
}

TEST(Golden, lookup) {
    golden(LOOKUP4args{"abc"}, "00000003 'abc' 00");
    golden(LOOKUP4args{""}, "00000000");
    golden(LOOKUP4res{NFS4ERR_NOENT}, "00000002");
    golden(LOOKUPP4args{}, "");
    golden(LOOKUPP4res{NFS4_OK}, "00000000");
}

TEST(Golden, filehandles) {
    golden(PUTFH4args{fh()}, "00000006 'handle' 0000");
    golden(PUTFH4res{NFS4ERR_BADHANDLE}, "00002711");
    golden(GETFH4args{}, "");
    golden(GETFH4res{NFS4_OK, {fh("fh12")}}, "00000000 00000004 'fh12'");
    golden(GETFH4res{NFS4ERR_NOFILEHANDLE, {}}, "00002724");
    golden(PUTPUBFH4args{}, "");
    golden(PUTPUBFH4res{}, "00000000");
    golden(PUTROOTFH4args{}, "");
    golden(PUTROOTFH4res{NFS4ERR_WRONGSEC}, "00002720");
    golden(SAVEFH4args{}, "");
    golden(SAVEFH4res{}, "00000000");
    golden(RESTOREFH4args{}, "");
    golden(RESTOREFH4res{NFS4ERR_RESTOREFH}, "0000272e");
}

TEST(Golden, filehandle_over_128_bytes_is_refused) {
    std::string long_handle = "00000081 '" + std::string(132, 'h') + "'";
    refused<PUTFH4args>(long_handle, xdr::Fault::too_long);
}

TEST(Golden, getattr) {
    Attributes4 attributes = mode_and_owner();
    golden(GETATTR4args{{FATTR4_TYPE, FATTR4_SIZE, FATTR4_MODE}}, "00000002 00000012 00000002");
    golden(GETATTR4args{{}}, "00000000");
    golden(GETATTR4args{{FATTR4_XATTR_SUPPORT}}, "00000003 00000000 00000000 00040000");
    golden(GETATTR4res{NFS4_OK, {fattr4::of(attributes)}}, "00000000 " GOLDEN_MODE_AND_OWNER);
    golden(GETATTR4res{NFS4ERR_ACCESS, {}}, "0000000d");
}

TEST(Golden, setattr) {
    Attributes4 attributes;
    attributes.mask = {FATTR4_SIZE, FATTR4_TIME_MODIFY_SET};
    attributes.size = 0x100000002;
    attributes.time_modify_set = {SET_TO_CLIENT_TIME4, {-1, 999999999}};
    golden(SETATTR4args{sid, fattr4::of(attributes)}, GOLDEN_STATEID
           "00000002 00000010 00400000  00000018 0000000100000002 "
           "00000001 ffffffffffffffff 3b9ac9ff");
    golden(SETATTR4res{NFS4_OK, {FATTR4_SIZE}}, "00000000 00000001 00000010");
    golden(SETATTR4res{NFS4ERR_PERM, {}}, "00000001 00000000");
}

TEST(Golden, verify) {
    Attributes4 attributes;
    attributes.mask = {FATTR4_CHANGE};
    attributes.change = 9;
    golden(VERIFY4args{fattr4::of(attributes)}, "00000001 00000008 00000008 0000000000000009");
    golden(VERIFY4res{NFS4ERR_NOT_SAME}, "0000272b");
    golden(NVERIFY4args{fattr4::of(attributes)}, "00000001 00000008 00000008 0000000000000009");
    golden(NVERIFY4res{NFS4ERR_SAME}, "00002719");
}

TEST(Golden, create) {
    Attributes4 none;
    golden(CREATE4args{{NF4DIR, "", {}}, "d", fattr4::of(none)},
           "00000002 00000001 'd' 000000 00000000 00000000");
    golden(CREATE4args{{NF4LNK, "to", {}}, "l", fattr4::of(none)},
           "00000005 00000002 'to' 0000 00000001 'l' 000000 00000000 00000000");
    golden(CREATE4args{{NF4CHR, "", {5, 1}}, "c", fattr4::of(none)},
           "00000004 00000005 00000001 00000001 'c' 000000 00000000 00000000");
    golden(CREATE4res{NFS4_OK, {cinfo, {FATTR4_MODE}}},
           "00000000 " GOLDEN_CINFO "00000002 00000000 00000002");
    golden(CREATE4res{NFS4ERR_EXIST, {}}, "00000011");
}

TEST(Golden, link_remove_rename_readlink) {
    golden(LINK4args{"new"}, "00000003 'new' 00");
    golden(LINK4res{NFS4_OK, {cinfo}}, "00000000 " GOLDEN_CINFO);
    golden(REMOVE4args{"gone"}, "00000004 'gone'");
    golden(REMOVE4res{NFS4_OK, {cinfo}}, "00000000 " GOLDEN_CINFO);
    golden(REMOVE4res{NFS4ERR_NOTEMPTY, {}}, "00000042");
    golden(RENAME4args{"a", "bc"}, "00000001 'a' 000000 00000002 'bc' 0000");
    golden(RENAME4res{NFS4_OK, {cinfo, {false, 1, 2}}},
           "00000000 " GOLDEN_CINFO "00000000 0000000000000001 0000000000000002");
    golden(READLINK4args{}, "");
    golden(READLINK4res{NFS4_OK, {"../x"}}, "00000000 00000004 '../x'");
    golden(READLINK4res{NFS4ERR_INVAL, {}}, "00000016");
}

TEST(Golden, readdir) {
    golden(READDIR4args{3, verf, 100, 4096, {FATTR4_FILEID}},
           "0000000000000003 'verifier' 00000064 00001000 00000001 00100000");
    Attributes4 first, second;
    first.mask = {FATTR4_FILEID};
    first.fileid = 11;
    READDIR4res listing{NFS4_OK, {verf, {}}};
    listing.resok4.reply.entries.push_back({1, "a", fattr4::of(first)});
    listing.resok4.reply.entries.push_back({2, "bb", fattr4::of(second)});
    listing.resok4.reply.eof = true;
    golden(listing,
           "00000000 'verifier' "
           "00000001 0000000000000001 00000001 'a' 000000 "
           "00000001 00100000 00000008 000000000000000b "
           "00000001 0000000000000002 00000002 'bb' 0000 00000000 00000000 "
           "00000000 00000001");
    golden(READDIR4res{NFS4_OK, {verf, {{}, true}}}, "00000000 'verifier' 00000000 00000001");
    golden(READDIR4res{NFS4ERR_BAD_COOKIE, {}}, "00002713");
}

TEST(Golden, readdir_written_entry_by_entry_is_the_same) {
    Attributes4 none;
    READDIR4res whole{NFS4_OK, {verf, {}}};
    xdr::Writer out;
    write_readdir_begin(out, verf);
    for (nfs_cookie4 cookie = 1; cookie < 4; cookie++) {
        whole.resok4.reply.entries.push_back({cookie, "n", fattr4::of(none)});
        write_readdir_entry(out, whole.resok4.reply.entries.back());
    }
    write_readdir_end(out, false);
    EXPECT_EQ(hex(out.take().flatten().text()), hex(encoded(whole)));
}

TEST(Golden, secinfo) {
    golden(SECINFO4args{"x"}, "00000001 'x' 000000");
    SECINFO4resok flavours;
    flavours.push_back({1, {}});
    flavours.push_back({6, {sec_oid4(std::string_view("oid5!")), 0, RPC_GSS_SVC_PRIVACY}});
    golden(SECINFO4res{NFS4_OK, flavours},
           "00000000 00000002 00000001 00000006 00000005 'oid5!' 000000 00000000 00000003");
    golden(SECINFO_NO_NAME4args{SECINFO_STYLE4_PARENT}, "00000001");
    golden(SECINFO_NO_NAME4res{NFS4_OK, {{1, {}}}}, "00000000 00000001 00000001");
    refused<SECINFO_NO_NAME4args>("00000002", xdr::Fault::bad_enum);
}

TEST(Golden, extended_attributes) {
    golden(GETXATTR4args{"k"}, "00000001 'k' 000000");
    golden(GETXATTR4res{NFS4_OK, xattrvalue4(std::string_view("value"))},
           "00000000 00000005 'value' 000000");
    golden(GETXATTR4res{NFS4ERR_NOXATTR, {}}, "0000276f");
    golden(SETXATTR4args{SETXATTR4_REPLACE, "k", xattrvalue4(std::string_view("v"))},
           "00000002 00000001 'k' 000000 00000001 'v' 000000");
    golden(SETXATTR4res{NFS4_OK, cinfo}, "00000000 " GOLDEN_CINFO);
    golden(LISTXATTRS4args{4, 1000}, "0000000000000004 000003e8");
    golden(LISTXATTRS4res{NFS4_OK, {9, {"a", "bcde"}, true}},
           "00000000 0000000000000009 00000002 00000001 'a' 000000 00000004 'bcde' 00000001");
    golden(REMOVEXATTR4args{"k"}, "00000001 'k' 000000");
    golden(REMOVEXATTR4res{NFS4_OK, cinfo}, "00000000 " GOLDEN_CINFO);
}

}  // namespace
}  // namespace strait::wire::nfs4
