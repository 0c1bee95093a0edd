// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens: how files are made, share modes, owners.
#include "tests/contract/contract.h"

namespace strait::contract {
namespace {

using Mode = Open::Create;

Open creating(std::string_view name, Mode mode, char verifier = 0) {
    Open open{.access = OpenAccess::both, .name = name, .create = mode};
    open.attributes.mode = 0644;
    if (mode == Mode::exclusive) open.verifier.fill(std::byte(verifier));
    return open;
}

TEST_P(BackendContract, an_open_that_may_not_create_finds_or_fails) {
    make_file("f", "x");
    make_directory("d");
    make_symlink("link", "f");
    Reply reply = ok(at("").open({.name = "f"}).read(0, 10).close());
    ASSERT_TRUE(reply.ok());
    EXPECT_FALSE(reply.find<Open>()->created);
    EXPECT_EQ(error(at("").open({.name = "none"})), Errc::noent);
    EXPECT_EQ(error(at("").open({.name = "d"})), Errc::isdir);
    EXPECT_EQ(error(at("").open({.name = "link"})), Errc::symlink);
    EXPECT_EQ(error(at("f").open({.name = "x"})), Errc::notdir);
    EXPECT_EQ(error(at("d").open({})), Errc::isdir);
}

TEST_P(BackendContract, unchecked_makes_or_takes_and_truncates_only_when_asked) {
    Reply made = ok(at("").open(creating("f", Mode::unchecked)).write(0, bytes("abc")).close());
    Reply taken = ok(at("").open(creating("f", Mode::unchecked)).close());
    ASSERT_TRUE(made.ok() && taken.ok());
    EXPECT_TRUE(made.find<Open>()->created);
    EXPECT_FALSE(taken.find<Open>()->created);
    EXPECT_EQ(read("f"), "abc");
    Open truncating = creating("f", Mode::unchecked);
    truncating.attributes.size = 0;
    truncating.attributes.mode = 0600;
    ok(at("").open(truncating).close());
    EXPECT_EQ(stat("f").size, 0u);
    EXPECT_EQ(stat("f").mode, 0644u) << "only a new file gets the mode";
}

TEST_P(BackendContract, guarded_makes_but_never_takes) {
    ok(at("").open(creating("f", Mode::guarded)).close());
    EXPECT_EQ(error(at("").open(creating("f", Mode::guarded))), Errc::exist);
}

TEST_P(BackendContract, an_exclusive_create_may_be_repeated_by_who_made_it) {
    Reply made = ok(at("").open(creating("f", Mode::exclusive, 'a')).get_handle().close());
    Reply again = ok(at("").open(creating("f", Mode::exclusive, 'a')).get_handle().close());
    ASSERT_TRUE(made.ok() && again.ok());
    EXPECT_EQ(made.find<GetHandle>()->handle, again.find<GetHandle>()->handle);
    EXPECT_EQ(error(at("").open(creating("f", Mode::exclusive, 'b'))), Errc::exist);
    make_file("g");
    EXPECT_EQ(error(at("").open(creating("g", Mode::exclusive, 'a'))), Errc::exist);
}

TEST_P(BackendContract, a_new_file_has_the_attributes_asked_for) {
    Open open = creating("f", Mode::guarded);
    open.attributes.mode = 0604;
    open.attributes.size = 10;
    open.attributes.mtime = SetTime{false, {1000, 1}};
    ok(at("").open(open).close());
    EXPECT_EQ(stat("f").mode, 0604u);
    EXPECT_EQ(stat("f").size, 10u);
    EXPECT_EQ(stat("f").mtime, (Timestamp{1000, 1}));
}

TEST_P(BackendContract, an_open_does_only_what_it_was_opened_for) {
    make_file("f", "x");
    OpenId reader = open("f", OpenAccess::read), writer = open("f", OpenAccess::write);
    EXPECT_EQ(error(Compound().use_open(reader).write(0, bytes("y"))), Errc::openmode);
    EXPECT_EQ(error(Compound().use_open(reader).setattr({.size = 0})), Errc::openmode);
    EXPECT_EQ(error(Compound().use_open(writer).read(0, 1)), Errc::openmode);
    ok(Compound().use_open(writer).write(0, bytes("y")));
    ok(Compound().use_open(reader).read(0, 1));
    close(reader);
    close(writer);
}

TEST_P(BackendContract, an_open_that_ended_is_unknown) {
    make_file("f");
    make_file("g");
    OpenId file = open("f");
    close(file);
    EXPECT_EQ(error(Compound().use_open(file).read(0, 1)), Errc::bad_stateid);
    EXPECT_EQ(error(Compound().use_open(file).close()), Errc::bad_stateid);
    EXPECT_EQ(error(at("f").close()), Errc::bad_stateid) << "no open is current";
    OpenId other = open("g");
    EXPECT_EQ(error(at("f").use_open(other)), Errc::bad_stateid) << "of another node";
    close(other);
}

TEST_P(BackendContract, save_and_restore_keep_the_open) {
    make_file("f", "x");
    OpenId file = open("f", OpenAccess::write);
    Compound program;
    program.use_open(file).save().root().restore().write(0, bytes("y"));
    ok(program);
    close(file);
    EXPECT_EQ(read("f"), "y");
}

constexpr OpenAccess accesses[] = {OpenAccess::read, OpenAccess::write, OpenAccess::both};
constexpr OpenDeny denies[] = {OpenDeny::none, OpenDeny::read, OpenDeny::write, OpenDeny::both};

TEST_P(BackendContract, share_modes_of_two_opens_are_kept) {
    if (!subject().share_modes) GTEST_SKIP() << "opens deny nothing";
    make_file("f", "x");
    for (auto access_a : accesses)
        for (auto deny_a : denies) {
            OpenId first = open("f", access_a, deny_a, {1, 1});
            for (auto access_b : accesses)
                for (auto deny_b : denies) {
                    bool clash = (int(access_a) & int(deny_b)) || (int(access_b) & int(deny_a));
                    EXPECT_EQ(open_error("f", access_b, deny_b, {2, 1}),
                              clash ? Errc::share_denied : Errc::ok);
                }
            close(first);
        }
}

TEST_P(BackendContract, what_an_open_denies_is_denied_to_those_without_one) {
    if (!subject().share_modes) GTEST_SKIP() << "opens deny nothing";
    make_file("f", "x");
    OpenId file = open("f", OpenAccess::read, OpenDeny::write);
    for (const Compound& program : {at("f").write(0, bytes("y")), at("f").setattr({.size = 0})}) {
        Errc code = error(program);  // NFS4ERR_LOCKED says both
        EXPECT_TRUE(code == Errc::share_denied || code == Errc::denied) << errc_name(code);
    }
    EXPECT_EQ(read("f"), "x");
    close(file);
    write("f", 0, "y");
}

TEST_P(BackendContract, opens_of_one_owner_merge) {
    if (!subject().owners) GTEST_SKIP() << "owners are not told apart";
    make_file("f", "x");
    OpenId reader = open("f", OpenAccess::read, OpenDeny::none, {1, 1});
    Compound program = at("f");
    Reply again = ok(program.open({.access = OpenAccess::write, .owner = {1, 1}}));
    ASSERT_TRUE(again.ok());
    EXPECT_TRUE(again.find<Open>()->merged);
    EXPECT_EQ(again.find<Open>()->open, reader);
    ok(Compound().use_open(reader).write(0, bytes("y")).read(0, 1));
    OpenId other = open("f", OpenAccess::read, OpenDeny::none, {1, 2});
    EXPECT_NE(other, reader);
    close(reader);
    EXPECT_EQ(error(Compound().use_open(reader).read(0, 1)), Errc::bad_stateid);
    close(other);
}

TEST_P(BackendContract, opens_of_the_caller_itself_never_merge) {
    make_file("f");
    OpenId one = open("f"), two = open("f");
    EXPECT_NE(one, two);
    close(one);
    ok(Compound().use_open(two).read(0, 1));
    close(two);
}

TEST_P(BackendContract, a_downgrade_gives_up_modes_and_never_takes_any) {
    if (!subject().share_modes) GTEST_SKIP() << "opens deny nothing";
    make_file("f", "x");
    // RFC 8881 section 18.18.3: only to modes that the owner once asked for.
    OpenId narrow = open("f", OpenAccess::read, OpenDeny::write, {1, 1});
    OpenId file = open("f", OpenAccess::both, OpenDeny::both, {1, 1});
    EXPECT_EQ(narrow, file);
    EXPECT_EQ(open_error("f", OpenAccess::read, OpenDeny::none, {2, 1}), Errc::share_denied);
    ok(Compound().use_open(file).add(Downgrade{OpenAccess::read, OpenDeny::write}));
    EXPECT_EQ(error(Compound().use_open(file).write(0, bytes("y"))), Errc::openmode);
    EXPECT_EQ(open_error("f", OpenAccess::read, OpenDeny::none, {2, 1}), Errc::ok);
    EXPECT_EQ(open_error("f", OpenAccess::write, OpenDeny::none, {2, 1}), Errc::share_denied);
    EXPECT_EQ(error(Compound().use_open(file).add(Downgrade{OpenAccess::both, OpenDeny::none})),
              Errc::inval);
    close(file);
}

TEST_P(BackendContract, a_client_that_expires_holds_nothing_any_more) {
    if (!subject().owners) GTEST_SKIP() << "owners are not told apart";
    make_file("f", "x");
    OpenId gone = open("f", OpenAccess::both, OpenDeny::both, {77, 1});
    ok(Compound().use_open(gone).add(Lock{.kind = LockKind::write, .owner = {77, 5}}));
    EXPECT_EQ(open_error("f", OpenAccess::read, OpenDeny::none, {2, 1}), Errc::share_denied);
    subject().drive(backend().expire(77));
    EXPECT_EQ(error(Compound().use_open(gone).read(0, 1)), Errc::bad_stateid);
    OpenId file = open("f", OpenAccess::both, OpenDeny::none, {2, 1});
    ok(Compound().use_open(file).add(Lock{.kind = LockKind::write, .owner = {2, 5}}));
    close(file);
}

}  // namespace
}  // namespace strait::contract
