// SPDX-License-Identifier: LGPL-2.1-or-later
// The contract suite of all backends, over the NFSv4 client and a real server: every promise of the
// VFS across the wire.
#include <unistd.h>

#include "tests/contract/contract.h"
#include "tests/interop/served.h"

namespace strait::contract {

namespace {

using interop::Served;
using interop::TempFolder;

// One server of each kind for all tests; a Subject is a fresh mount and a fresh directory.
class Servers : public ::testing::Environment {
  public:
    Served& straitd() {
        if (!straitd_)
            straitd_ = std::make_unique<Served>(
                "straitd", std::vector<std::string>{"x=memory:,no_root_squash"});
        return *straitd_;
    }
    Served& ganesha() {
        if (!ganesha_)
            ganesha_ = std::make_unique<Served>("ganesha", std::vector{"x=" + folder_.path()});
        return *ganesha_;
    }
    void TearDown() override {
        straitd_.reset();
        ganesha_.reset();
    }

  private:
    TempFolder folder_;
    std::unique_ptr<Served> straitd_, ganesha_;
};
Servers* servers = nullptr;  // googletest's

class MountSubject final : public Subject {
  public:
    explicit MountSubject(Served& server) {
        static int subjects = 0;
        name_ = "t" + std::to_string(subjects++);
        reactor_ = std::move(*Reactor::create());
        mount_ = interop::mount(*reactor_, server.url("/x"));
        vfs::Compound make;
        exact_change = server.kind() == "straitd";  // the other's is the time of its disk's clock
        make.root().add(vfs::Create{.name = name_, .attributes = {.mode = 0755}});
        run(make);
        learn();
    }
    ~MountSubject() override { (void)reactor_->block_on(mount_->close()); }
    vfs::Backend& backend() override { return *mount_; }
    void drive(Task<> task) override {
        auto outcome = reactor_->block_on(std::move(task));
        EXPECT_TRUE(outcome.has_value()) << errc_name(outcome.error().code);
    }
    std::string directory() const override { return name_; }

  private:
    void run(const vfs::Compound& program) { (void)reactor_->block_on(mount_->run(program)); }
    // Which operations of NFSv4.2 a server has is known only after they were tried.
    void learn() {
        vfs::Compound make, remove;
        make.root().open({.access = vfs::OpenAccess::both,
                          .name = "tried",
                          .create = vfs::Open::Create::unchecked});
        make.write(0, bytes("x")).close();
        run(make);
        for (vfs::Op op :
             {vfs::Op(vfs::Copy{}), vfs::Op(vfs::Clone{0, 0, 0}), vfs::Op(vfs::Allocate{0, 1})}) {
            vfs::Compound program;
            program.root().walk("tried").save();
            program.ops.push_back(op);
            run(program);
        }
        remove.root().remove("tried");
        run(remove);
    }

    std::string name_;
    std::unique_ptr<Reactor> reactor_;
    std::unique_ptr<client::nfs4::Mount> mount_;
};

// What nfs-ganesha 4.3 (FSAL VFS) does otherwise than the VFS would, and the client passes on as it
// is.
std::string all_but_known_differences() {
    constexpr std::string_view names[] = {
        // READ of what is no file fails with NFS4ERR_INVAL, not with SYMLINK and WRONG_TYPE.
        "sizes_are_for_files",
        "every_kind_of_node_says_what_it_is",
        // OPEN for reading is granted to who may execute, and truncating to who may not write;
        // ACCESS tells MODIFY without EXTEND.
        "mode_bits_decide_reading_and_writing",
        "access_answers_as_the_operations_would",
        "a_truncating_open_needs_the_right_to_write",
        // READ and WRITE are checked against the file's mode, not against the open.
        "an_open_keeps_its_rights_when_the_mode_changes",
        "an_open_does_only_what_it_was_opened_for",
        "setuid_and_setgid_fall_when_somebody_writes",
        // NFS4ERR_LOCKED instead of SHARE_DENIED; OPEN_DOWNGRADE of deny modes is refused.
        "what_an_open_denies_is_denied_to_those_without_one",
        "a_downgrade_gives_up_modes_and_never_takes_any",
    };
    std::string filter = "*:-";
    for (std::string_view name : names) filter.append("*.").append(name).append("/ganesha:");
    return filter;
}

std::vector<Param> params() {
    std::vector<Param> all{
        {"straitd", [] { return std::make_unique<MountSubject>(servers->straitd()); }}};
    // Its FSAL VFS opens files by handle.
    bool ganesha = geteuid() == 0 && (access("/usr/bin/ganesha.nfsd", X_OK) == 0 ||
                                      access("/usr/sbin/ganesha.nfsd", X_OK) == 0);
    if (ganesha)
        all.push_back(
            {"ganesha", [] { return std::make_unique<MountSubject>(servers->ganesha()); }});
    return all;
}

}  // namespace

INSTANTIATE_TEST_SUITE_P(Nfs4, BackendContract, testing::ValuesIn(params()), param_name);

}  // namespace strait::contract

int main(int argc, char** argv) {
    testing::GTEST_FLAG(filter) = strait::contract::all_but_known_differences();
    testing::InitGoogleTest(&argc, argv);
    using strait::contract::servers;
    servers = new strait::contract::Servers;
    testing::AddGlobalTestEnvironment(servers);
    return RUN_ALL_TESTS();
}
