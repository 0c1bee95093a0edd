// SPDX-License-Identifier: LGPL-2.1-or-later
#include <unistd.h>

#include <filesystem>

#include "backend/local/local_store.h"
#include "tests/contract/contract.h"

namespace strait::contract {

namespace {

// A directory of its own for each test.
class LocalSubject final : public Subject {
  public:
    LocalSubject() {
        std::string pattern = (std::filesystem::temp_directory_path() / "contract-XXXXXX").string();
        root_ = mkdtemp(pattern.data());
        std::filesystem::permissions(root_, std::filesystem::perms(0755));
        store_ = std::move(*local::LocalStore::make(root_.string()));
        backend_ = std::make_unique<StepBackend>(*store_);
        bool privileged = geteuid() == 0;
        quick = false;
        credentials = privileged;
        device_nodes = privileged;
        exact_change = false;
    }
    ~LocalSubject() override {
        backend_.reset();
        store_.reset();
        std::error_code ignored;
        std::filesystem::remove_all(root_, ignored);
    }
    Backend& backend() override { return *backend_; }

  private:
    std::filesystem::path root_;
    std::unique_ptr<Store> store_;
    std::unique_ptr<StepBackend> backend_;
};

}  // namespace

INSTANTIATE_TEST_SUITE_P(Local, BackendContract,
                         testing::Values(Param{"step",
                                               [] { return std::make_unique<LocalSubject>(); }}),
                         param_name);

}  // namespace strait::contract
