// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/nfs4/attributes.h"

#include <gtest/gtest.h>

#include "wire/nfs4/golden_values.h"
#include "wire/xdr/generate.h"

namespace strait::wire::nfs4 {
namespace {

// Reads a fattr4 from spelled bytes, which stay alive.
struct Received {
    explicit Received(std::string_view golden) : bytes(spelled(golden)), in(as_bytes(bytes)) {
        EXPECT_TRUE(read(in, attributes) && in.finish());
    }
    std::string bytes;
    xdr::Reader in;
    fattr4 attributes;
};

TEST(Attributes, stat_of_a_file) {
    Attributes4 made;
    made.mask = {FATTR4_TYPE,   FATTR4_CHANGE,     FATTR4_SIZE,        FATTR4_FSID,
                 FATTR4_FILEID, FATTR4_MODE,       FATTR4_NUMLINKS,    FATTR4_OWNER,
                 FATTR4_RAWDEV, FATTR4_SPACE_USED, FATTR4_TIME_MODIFY, FATTR4_MOUNTED_ON_FILEID};
    made.type = NF4REG;
    made.change = 2;
    made.size = 3;
    made.fsid = {4, 5};
    made.fileid = 6;
    made.mode = 0755;
    made.numlinks = 7;
    made.owner = "8";
    made.rawdev = {9, 10};
    made.space_used = 11;
    made.time_modify = {12, 13};
    made.mounted_on_fileid = 14;
    golden(fattr4::of(made),
           "00000002 0010011a 00a0221a 00000060 "
           "00000001 0000000000000002 0000000000000003 0000000000000004 0000000000000005 "
           "0000000000000006 000001ed 00000007 00000001 '8' 000000 00000009 0000000a "
           "000000000000000b 000000000000000c 0000000d 000000000000000e");
}

TEST(Attributes, acl) {
    Attributes4 made;
    made.mask = {FATTR4_ACL};
    made.acl.push_back(
        {ACE4_ACCESS_ALLOWED_ACE_TYPE, ACE4_IDENTIFIER_GROUP, ACE4_READ_DATA, "g@d"});
    made.acl.push_back({ACE4_ACCESS_DENIED_ACE_TYPE, 0, ACE4_EXECUTE, "EVERYONE@"});
    golden(fattr4::of(made),
           "00000001 00001000 00000034 00000002 00000000 00000040 00000001 00000003 'g@d' 00 "
           "00000001 00000000 00000020 00000009 'EVERYONE@' 000000");
}

TEST(Attributes, of_nfs_4_2_and_the_extensions) {
    Attributes4 made;
    made.mask = {FATTR4_SUPPATTR_EXCLCREAT, FATTR4_CLONE_BLKSIZE, FATTR4_SPACE_FREED,
                 FATTR4_CHANGE_ATTR_TYPE,   FATTR4_SEC_LABEL,     FATTR4_MODE_UMASK,
                 FATTR4_XATTR_SUPPORT};
    made.suppattr_exclcreat = {FATTR4_MODE};
    made.clone_blksize = 4096;
    made.space_freed = 1;
    made.change_attr_type = NFS4_CHANGE_TYPE_IS_VERSION_COUNTER;
    made.sec_label = {{2, 3}, xdr::Opaque<65536>(std::string_view("l"))};
    made.mode_umask = {0666, 022};
    made.xattr_support = true;
    golden(fattr4::of(made),
           "00000003 00000000 00000000 0007e800 00000038 "
           "00000002 00000000 00000002 00001000 0000000000000001 00000001 "
           "00000002 00000003 00000001 'l' 000000 000001b6 00000012 00000001");
}

TEST(Attributes, of_other_file_systems) {
    Attributes4 made;
    made.mask = {FATTR4_FS_LOCATIONS};
    made.fs_locations = {{"a"}, {{{"host"}, {"x", "y"}}}};
    golden(fattr4::of(made),
           "00000001 01000000 00000030 00000001 00000001 'a' 000000 00000001 00000001 "
           "00000004 'host' 00000002 00000001 'x' 000000 00000001 'y' 000000");
    made.mask = {FATTR4_FS_LOCATIONS_INFO};
    made.fs_locations_info = {
        1, -1, {}, {{{{-2, xdr::Opaque<1024>(std::string_view("i")), "h"}}, {}}}};
    golden(fattr4::of(made),
           "00000003 00000000 00000000 00000008 0000002c 00000001 ffffffff 00000000 00000001 "
           "00000001 fffffffe 00000001 'i' 000000 00000001 'h' 000000 00000000");
}

TEST(Attributes, every_single_one_round_trips) {
    for (uint32_t number = 0; number < FATTR4_END; number++) {
        for (uint64_t seed = 0; seed < 20; seed++) {
            xdr::Generator random(seed);
            // Draw until this attribute is among them, then keep only it.
            fattr4 drawn;
            do generate(random, drawn);
            while (!drawn.attrmask.test(number));
            Attributes4 only = *drawn.source;
            only.mask = {number};
            std::string bytes = encoded(fattr4::of(only));
            EXPECT_EQ(bytes.size(), encoded_size(fattr4::of(only)));
            xdr::Reader in(as_bytes(bytes));
            fattr4 received;
            ASSERT_TRUE(read(in, received) && in.finish()) << attribute_name(number);
            Attributes4 again;
            ASSERT_EQ(decode_attributes(received, again), AttributesRead::ok)
                << attribute_name(number);
            ASSERT_EQ(again.mask, only.mask);
            ASSERT_EQ(hex(encoded(fattr4::of(again))), hex(bytes)) << attribute_name(number);
        }
    }
}

TEST(Attributes, strings_are_views_of_the_record) {
    Received received("00000002 00000000 00000010 00000008 00000002 'me' 0000");
    Attributes4 decoded;
    ASSERT_EQ(decode_attributes(received.attributes, decoded), AttributesRead::ok);
    EXPECT_EQ(decoded.owner, "me");
    EXPECT_EQ(decoded.owner.data(), received.bytes.data() + 20);
}

TEST(Attributes, unknown_ones_are_told_apart_from_malformed_ones) {
    Attributes4 decoded;
    decoded.mask = {FATTR4_SIZE};
    // bit 87 is not assigned; bit 96 is beyond our words
    Received unassigned("00000003 00000000 00000000 00800000 00000004 00000001");
    EXPECT_EQ(decode_attributes(unassigned.attributes, decoded), AttributesRead::unknown);
    EXPECT_TRUE(decoded.mask.empty());
    Received beyond("00000004 00000000 00000000 00000000 00000001 00000004 00000001");
    EXPECT_TRUE(beyond.attributes.attrmask.beyond);
    EXPECT_EQ(decode_attributes(beyond.attributes, decoded), AttributesRead::unknown);
    // size takes 8 bytes: 4, 12 and 0 are wrong
    for (auto golden :
         {"00000001 00000010 00000004 00000001",
          "00000001 00000010 0000000c 0000000000000001 00000000", "00000001 00000010 00000000"}) {
        Received wrong(golden);
        EXPECT_EQ(decode_attributes(wrong.attributes, decoded), AttributesRead::malformed);
        EXPECT_TRUE(decoded.mask.empty());
    }
    Received bad_bool("00000001 00000020 00000004 00000002");
    EXPECT_EQ(decode_attributes(bad_bool.attributes, decoded), AttributesRead::malformed);
}

TEST(Attributes, long_bitmaps_are_read_but_not_believed) {
    // words of zeroes beyond ours mean nothing
    golden(bitmap4{1}, "00000001 00000002");
    std::string zeroes = spelled("00000064") + std::string(100 * 4, '\0');
    xdr::Reader in(as_bytes(zeroes));
    bitmap4 bits;
    EXPECT_TRUE(read(in, bits) && in.finish());
    EXPECT_TRUE(bits.empty());
    // 2^20 words
    std::string huge = spelled("00100000") + std::string(4 << 20, '\0');
    xdr::Reader refusing(as_bytes(huge));
    EXPECT_FALSE(read(refusing, bits));
    EXPECT_EQ(refusing.fault(), xdr::Fault::too_long);
}

TEST(Attributes, acl_of_too_many_entries_is_malformed) {
    Attributes4 made;
    made.mask = {FATTR4_ACL};
    made.acl.resize(max_aces + 1);
    std::string bytes = encoded(fattr4::of(made));
    xdr::Reader in(as_bytes(bytes));
    fattr4 received;
    ASSERT_TRUE(read(in, received));
    Attributes4 decoded;
    EXPECT_EQ(decode_attributes(received, decoded), AttributesRead::malformed);
}

TEST(Attributes, print_by_name) {
    Received received("00000002 00000010 00000010 00000010 0000000000000003 00000002 'me' 0000");
    EXPECT_EQ(xdr::to_text(received.attributes), "{size=3, owner=\"me\"}");
}

TEST(Bitmap, is_a_set) {
    bitmap4 a{1, 33, 82}, b{33, 80};
    EXPECT_EQ(a & b, bitmap4{33});
    EXPECT_EQ(a - b, (bitmap4{1, 82}));
    EXPECT_EQ(a | b, (bitmap4{1, 33, 80, 82}));
    EXPECT_FALSE(a.test(95));
    EXPECT_FALSE(a.test(1000));
    std::vector<uint32_t> seen;
    a.for_each([&](uint32_t number) { seen.push_back(number); });
    EXPECT_EQ(seen, (std::vector<uint32_t>{1, 33, 82}));
}

}  // namespace
}  // namespace strait::wire::nfs4
