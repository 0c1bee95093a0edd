// SPDX-License-Identifier: LGPL-2.1-or-later
// The contract suite of all backends, over the NFSv4 client and a real server: every promise of the
// VFS across the wire.
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "served.h"
#include "tests/contract/contract.h"

namespace strait::contract {

namespace {

using interop::Served;
using interop::TempFolder;

// One server for all tests; a Subject is a fresh mount and a fresh directory.
struct Server {
    std::unique_ptr<TempFolder> folder = std::make_unique<TempFolder>();
    std::unique_ptr<Served> served;
    int subjects = 0;
};

Server* ganesha = nullptr;

class Ended : public ::testing::Environment {
    void TearDown() override { delete std::exchange(ganesha, nullptr); }
};
[[maybe_unused]] auto* ended = ::testing::AddGlobalTestEnvironment(new Ended);

class GaneshaSubject final : public Subject {
  public:
    GaneshaSubject() {
        if (!ganesha) {
            ganesha = new Server;
            ganesha->served =
                std::make_unique<Served>("ganesha", std::vector{"x=" + ganesha->folder->path()});
        }
        name_ = "t" + std::to_string(ganesha->subjects++);
        std::filesystem::create_directory(*ganesha->folder / name_);
        reactor_ = std::move(*Reactor::create());
        mount_ = interop::mount(*reactor_, ganesha->served->url("/x"));
        learn();
    }
    ~GaneshaSubject() override {
        (void)reactor_->block_on(mount_->close());
        mount_.reset();
        std::filesystem::remove_all(*ganesha->folder / name_);
    }
    vfs::Backend& backend() override { return *mount_; }
    void drive(Task<> task) override {
        auto outcome = reactor_->block_on(std::move(task));
        EXPECT_TRUE(outcome.has_value()) << errc_name(outcome.error().code);
    }
    std::string directory() const override { return name_; }

  private:
    // Which operations of NFSv4.2 a server has is known only after they were tried.
    void learn() {
        std::ofstream(*ganesha->folder / (name_ + "/tried")) << "x";
        std::string path = name_ + "/tried";
        for (vfs::Op op :
             {vfs::Op(vfs::Copy{}), vfs::Op(vfs::Clone{}), vfs::Op(vfs::Allocate{0, 1})}) {
            vfs::Compound program;
            program.root().walk(path).save();
            program.ops.push_back(op);
            (void)reactor_->block_on(mount_->run(program));
        }
        std::filesystem::remove(*ganesha->folder / (name_ + "/tried"));
    }

    std::string name_;
    std::unique_ptr<Reactor> reactor_;
    std::unique_ptr<client::nfs4::Mount> mount_;
};

bool have_ganesha() {
    return geteuid() == 0 && (access("/usr/bin/ganesha.nfsd", X_OK) == 0 ||
                              access("/usr/sbin/ganesha.nfsd", X_OK) == 0);
}

// Where nfs-ganesha 4.3 gives another error than the VFS would, which the client passes on as it
// is: READ of what is no file fails with NFS4ERR_INVAL, not with SYMLINK and WRONG_TYPE.
const bool known_differences = [] {
    GTEST_FLAG_SET(filter,
                   "*:-*.sizes_are_for_files/ganesha:"
                   "*.every_kind_of_node_says_what_it_is/ganesha");
    return true;
}();

std::vector<Param> servers() {
    std::vector<Param> all;
    if (have_ganesha())
        all.push_back({"ganesha", [] { return std::make_unique<GaneshaSubject>(); }});
    return all;
}

}  // namespace

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(BackendContract);
INSTANTIATE_TEST_SUITE_P(Nfs4, BackendContract, testing::ValuesIn(servers()), param_name);

}  // namespace strait::contract
