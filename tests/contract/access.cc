// SPDX-License-Identifier: LGPL-2.1-or-later
// Who may: the permission matrix by credential, sticky and setgid directories, setuid and setgid
// bits.
#include "tests/contract/contract.h"

namespace strait::contract {
namespace {

struct Person {
    const char* name;
    CredentialRef who;
    int shift;  // of this person's digit in a mode
};

std::vector<Person> people() {
    return {{"owner", owner(), 6}, {"member", member(), 3}, {"stranger", stranger(), 0}};
}

CredentialRef root_user() { return make_ref<const Credential>(0, 0); }

class Maker {
  public:
    static Open file(std::string_view name, uint32_t mode = 0644) {
        Open open{.access = OpenAccess::both, .name = name, .create = Open::Create::guarded};
        open.attributes.mode = mode;
        return open;
    }
    static Create directory(std::string_view name, uint32_t mode = 0755) {
        Create create{.name = name};
        create.attributes.mode = mode;
        return create;
    }
};

#define NEEDS_CREDENTIALS() \
    if (!subject().credentials) GTEST_SKIP() << "programs run as the process only"

TEST_P(BackendContract, mode_bits_decide_reading_and_writing) {
    NEEDS_CREDENTIALS();
    make_file("f", "x");
    for (uint32_t digit = 0; digit < 8; digit++) {
        for (auto& [name, who, shift] : people()) {
            give("f", owner_uid, owner_gid, digit << shift);
            Errc read_error = digit & 4 ? Errc::ok : Errc::access;
            Errc write_error = digit & 2 ? Errc::ok : Errc::access;
            EXPECT_EQ(open_error("f", OpenAccess::read, {}, {}, who), read_error) << name << digit;
            EXPECT_EQ(open_error("f", OpenAccess::write, {}, {}, who), write_error)
                << name << digit;
        }
        EXPECT_EQ(open_error("f", OpenAccess::both, {}, {}, root_user()), Errc::ok);
    }
}

TEST_P(BackendContract, the_owners_digit_counts_for_the_owner_even_when_others_have_more) {
    NEEDS_CREDENTIALS();
    make_file("f", "x");
    give("f", owner_uid, owner_gid, 0066);
    EXPECT_EQ(open_error("f", OpenAccess::read, {}, {}, owner()), Errc::access);
    give("f", owner_uid, owner_gid, 0606);
    EXPECT_EQ(open_error("f", OpenAccess::read, {}, {}, member()), Errc::access);
    EXPECT_EQ(open_error("f", OpenAccess::read, {}, {}, stranger()), Errc::ok);
}

TEST_P(BackendContract, directories_need_search_to_pass_and_read_to_list) {
    NEEDS_CREDENTIALS();
    make_directory("d");
    make_file("d/f");
    for (uint32_t digit = 0; digit < 8; digit++) {
        for (auto& [name, who, shift] : people()) {
            give("d", owner_uid, owner_gid, digit << shift);
            EXPECT_EQ(error(at("d/f", who)), digit & 1 ? Errc::ok : Errc::access) << name << digit;
            EXPECT_EQ(error(at("d", who).readdir({})), digit & 4 ? Errc::ok : Errc::access)
                << name << digit;
        }
    }
}

TEST_P(BackendContract, entries_change_only_with_write_and_search) {
    NEEDS_CREDENTIALS();
    for (uint32_t digit = 0; digit < 8; digit++) {
        for (auto& [name, who, shift] : people()) {
            std::string d = "d" + std::to_string(digit) + name;
            make_directory(d);
            make_file(d + "/old");
            make_file(d + "/moved");
            give(d, owner_uid, owner_gid, digit << shift);
            Errc expected = (digit & 3) == 3 ? Errc::ok : Errc::access;
            EXPECT_EQ(error(at(d, who).open(Maker::file("f")).close()), expected) << d;
            EXPECT_EQ(error(at(d, who).add(Maker::directory("s"))), expected) << d;
            EXPECT_EQ(error(rename(d + "/moved", d + "/new", 0, who)), expected) << d;
            EXPECT_EQ(error(at(d, who).remove("old")), expected) << d;
        }
    }
}

TEST_P(BackendContract, access_answers_as_the_operations_would) {
    NEEDS_CREDENTIALS();
    make_file("f", "x");
    make_directory("d");
    constexpr uint32_t all = access_read | access_lookup | access_modify | access_extend |
                             access_delete | access_execute;
    for (uint32_t digit = 0; digit < 8; digit++) {
        for (auto& [name, who, shift] : people()) {
            give("f", owner_uid, owner_gid, digit << shift);
            give("d", owner_uid, owner_gid, digit << shift);
            Reply file = ok(at("f", who).check_access(all));
            Reply directory = ok(at("d", who).check_access(all));
            ASSERT_TRUE(file.ok() && directory.ok());
            uint32_t expected = (digit & 4 ? access_read : 0u) |
                                (digit & 2 ? access_modify | access_extend : 0u) |
                                (digit & 1 ? access_execute : 0u);
            EXPECT_EQ(file.find<CheckAccess>()->granted & ~access_delete, expected)
                << name << digit;
            uint32_t granted = directory.find<CheckAccess>()->granted;
            EXPECT_EQ(bool(granted & access_read), bool(digit & 4)) << name << digit;
            EXPECT_EQ(bool(granted & access_lookup), bool(digit & 1)) << name << digit;
            if (digit & 1) EXPECT_EQ(bool(granted & access_modify), bool(digit & 2)) << digit;
            if (!(digit & 2)) EXPECT_FALSE(granted & access_modify) << name << digit;
        }
    }
}

TEST_P(BackendContract, a_file_made_unwritable_is_written_through_the_open_that_made_it) {
    NEEDS_CREDENTIALS();
    give("", owner_uid, owner_gid, 0755);
    ok(at("", owner()).open(Maker::file("f", 0444)).write(0, bytes("x")).close());
    EXPECT_EQ(read("f"), "x");
    EXPECT_EQ(stat("f").mode, 0444u);
    EXPECT_EQ(open_error("f", OpenAccess::write, {}, {}, owner()), Errc::access);
}

TEST_P(BackendContract, an_open_keeps_its_rights_when_the_mode_changes) {
    NEEDS_CREDENTIALS();
    make_file("f", "x");
    give("f", owner_uid, owner_gid, 0644);
    Reply opened = ok(at("f", owner()).open({.access = OpenAccess::both}));
    ASSERT_TRUE(opened.ok());
    OpenId file = opened.find<Open>()->open;
    give("f", 0, 0, 0);
    Compound program(owner());
    ok(program.use_open(file).write(0, bytes("y")).read(0, 1));
    close(file);
}

TEST_P(BackendContract, a_truncating_open_needs_the_right_to_write) {
    NEEDS_CREDENTIALS();
    make_file("f", "content");
    give("f", owner_uid, owner_gid, 0644);
    Open open{.access = OpenAccess::read, .name = "f", .create = Open::Create::unchecked};
    open.attributes.size = 0;
    EXPECT_EQ(error(at("", stranger()).open(open)), Errc::access);
    EXPECT_EQ(read("f"), "content");
}

TEST_P(BackendContract, new_things_belong_to_who_made_them) {
    NEEDS_CREDENTIALS();
    make_directory("d", 0777);
    give("d", 0, 0, 0777);
    ok(at("d", member()).open(Maker::file("f")).close());
    ok(at("d", member()).add(Maker::directory("s")));
    for (auto path : {"d/f", "d/s"}) {
        EXPECT_EQ(stat(path).uid, member_uid) << path;
        EXPECT_EQ(stat(path).gid, member_uid) << path;
    }
}

TEST_P(BackendContract, a_setgid_directory_hands_down_its_group) {
    NEEDS_CREDENTIALS();
    make_directory("d");
    give("d", owner_uid, owner_gid, 02777);
    ok(at("d", stranger()).open(Maker::file("f")).close());
    ok(at("d", stranger()).add(Maker::directory("s")));
    EXPECT_EQ(stat("d/f").gid, owner_gid);
    EXPECT_EQ(stat("d/f").uid, stranger_uid);
    EXPECT_EQ(stat("d/s").gid, owner_gid);
    EXPECT_EQ(stat("d/s").mode & 07000, 02000u);
    EXPECT_EQ(stat("d/f").mode & 07000, 0u);
    ok(at("d", stranger()).open(Maker::file("g", 02755)).close());
    EXPECT_EQ(stat("d/g").mode & 02000, 0u) << "not a member: no setgid on what it makes";
}

TEST_P(BackendContract, a_sticky_directory_keeps_entries_for_their_owners) {
    NEEDS_CREDENTIALS();
    make_directory("d");
    give("d", 0, 0, 01777);
    for (auto name : {"a", "b", "c", "mine"}) {
        CredentialRef maker = std::string_view(name) == "mine" ? stranger() : owner();
        ok(at("d", maker).open(Maker::file(name, 0666)).close());
    }
    EXPECT_EQ(error(at("d", stranger()).remove("a")), Errc::perm);
    EXPECT_EQ(error(rename("d/a", "d/x", 0, stranger())), Errc::perm);
    EXPECT_EQ(error(rename("d/mine", "d/a", 0, stranger())), Errc::perm);
    ok(at("d", owner()).remove("a"));
    ok(rename("d/b", "d/x", 0, owner()));
    ok(at("d", root_user()).remove("c"));
    give("d", stranger_uid, stranger_gid, 01777);
    ok(at("d", stranger()).remove("x"));
}

TEST_P(BackendContract, only_the_owner_changes_the_mode) {
    NEEDS_CREDENTIALS();
    make_file("f");
    give("f", owner_uid, owner_gid, 0666);
    EXPECT_EQ(error(at("f", member()).setattr({.mode = 0600})), Errc::perm);
    EXPECT_EQ(error(at("f", stranger()).setattr({.mode = 0600})), Errc::perm);
    ok(at("f", owner()).setattr({.mode = 0600}));
    ok(at("f", root_user()).setattr({.mode = 0640}));
    EXPECT_EQ(stat("f").mode, 0640u);
}

TEST_P(BackendContract, only_root_gives_files_away) {
    NEEDS_CREDENTIALS();
    make_file("f");
    give("f", member_uid, member_uid, 0644);
    EXPECT_EQ(error(at("f", member()).setattr({.uid = owner_uid})), Errc::perm);
    EXPECT_EQ(error(at("f", member()).setattr({.gid = stranger_gid})), Errc::perm);
    ok(at("f", member()).setattr({.gid = owner_gid}));
    EXPECT_EQ(stat("f").gid, owner_gid);
    EXPECT_EQ(error(at("f", owner()).setattr({.gid = owner_gid})), Errc::perm);
    ok(at("f", root_user()).setattr({.uid = owner_uid}));
    EXPECT_EQ(stat("f").uid, owner_uid);
}

TEST_P(BackendContract, times_of_choice_are_the_owners_and_now_is_any_writers) {
    NEEDS_CREDENTIALS();
    make_file("f");
    give("f", owner_uid, owner_gid, 0662);
    SetAttributes chosen, now;
    chosen.mtime = SetTime{false, {1000, 0}};
    now.atime = now.mtime = SetTime{};
    EXPECT_EQ(error(at("f", stranger()).setattr(chosen)), Errc::perm);
    ok(at("f", stranger()).setattr(now));
    ok(at("f", owner()).setattr(chosen));
    give("f", owner_uid, owner_gid, 0600);
    EXPECT_EQ(error(at("f", stranger()).setattr(now)), Errc::access);
}

TEST_P(BackendContract, setuid_and_setgid_fall_when_somebody_writes) {
    NEEDS_CREDENTIALS();
    for (int how = 0; how < 3; how++) {
        std::string name = "f" + std::to_string(how);
        make_file(name, "content");
        give(name, owner_uid, owner_gid, 06777);
        if (how == 0) ok(at(name, stranger()).write(0, bytes("x")));
        if (how == 1) ok(at(name, stranger()).setattr({.size = 1}));
        if (how == 2) {
            Open open{.access = OpenAccess::write, .name = name, .create = Open::Create::unchecked};
            open.attributes.size = 0;
            ok(at("", stranger()).open(open).close());
        }
        EXPECT_EQ(stat(name).mode, 0777u) << name;
    }
    make_file("r", "content");
    give("r", owner_uid, owner_gid, 06777);
    ok(at("r", root_user()).write(0, bytes("x")));
    EXPECT_EQ(stat("r").mode, 06777u) << "root knows";
}

TEST_P(BackendContract, setuid_falls_when_the_owner_changes) {
    NEEDS_CREDENTIALS();
    make_file("f");
    give("f", owner_uid, owner_gid, 06755);
    ok(at("f", root_user()).setattr({.uid = stranger_uid}));
    EXPECT_EQ(stat("f").mode, 0755u);
}

TEST_P(BackendContract, setgid_is_only_for_members_of_the_group) {
    NEEDS_CREDENTIALS();
    make_file("f");
    give("f", stranger_uid, owner_gid, 0755);
    ok(at("f", stranger()).setattr({.mode = 02755}));
    EXPECT_EQ(stat("f").mode, 0755u);
    give("f", member_uid, owner_gid, 0755);
    ok(at("f", member()).setattr({.mode = 02755}));
    EXPECT_EQ(stat("f").mode, 02755u);
}

TEST_P(BackendContract, moving_a_directory_elsewhere_needs_the_right_to_write_to_it) {
    NEEDS_CREDENTIALS();
    make_directory("a");
    make_directory("b");
    make_directory("a/d");
    give("a", 0, 0, 0777);
    give("b", 0, 0, 0777);
    give("a/d", owner_uid, owner_gid, 0755);
    EXPECT_EQ(error(rename("a/d", "b/d", 0, stranger())), Errc::access);
    ok(rename("a/d", "a/e", 0, stranger()));
    ok(rename("a/e", "b/e", 0, owner()));
}

TEST_P(BackendContract, extended_attributes_follow_the_rights_on_the_file) {
    NEEDS_CREDENTIALS();
    if (!capabilities().xattrs) GTEST_SKIP() << "no xattrs";
    make_file("f");
    give("f", owner_uid, owner_gid, 0640);
    SetXattr set{"a", as_bytes("1"), SetXattr::Mode::either};
    EXPECT_EQ(error(at("f", stranger()).add(set)), Errc::access);
    EXPECT_EQ(error(at("f", member()).add(set)), Errc::access);
    ok(at("f", owner()).add(set));
    ok(at("f", member()).add(GetXattr{"a"}));
    EXPECT_EQ(error(at("f", stranger()).add(GetXattr{"a"})), Errc::access);
    EXPECT_EQ(error(at("f", member()).add(RemoveXattr{"a"})), Errc::access);
}

}  // namespace
}  // namespace strait::contract
