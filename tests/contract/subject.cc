// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/contract/subject.h"

#include <gtest/gtest.h>

#include "base/ready.h"

namespace strait::contract {

namespace {

class StoreSubject final : public Subject {
  public:
    explicit StoreSubject(std::unique_ptr<vfs::Store> store)
        : store_(std::move(store)), backend_(*store_) {}
    vfs::Backend& backend() override { return backend_; }

  private:
    std::unique_ptr<vfs::Store> store_;
    vfs::StepBackend backend_;
};

}  // namespace

void Subject::drive(Task<> task) {
    bool done = false;
    start(std::move(task), [&](Result<void> outcome) {
        done = true;
        EXPECT_TRUE(outcome.has_value()) << errc_name(outcome.error().code);
    });
    while (!done && run_ready() > 0) {
    }
    ASSERT_TRUE(done) << "the task waits for something that this subject does not drive";
}

std::function<std::unique_ptr<Subject>()> over_store(
    std::function<std::unique_ptr<vfs::Store>()> make) {
    return [make = std::move(make)] { return std::make_unique<StoreSubject>(make()); };
}

}  // namespace strait::contract
