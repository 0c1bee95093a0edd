// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a backend brings to the contract suite: a file system under test and what it can not
// promise.

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "vfs/step_backend.h"

namespace strait::contract {

class Subject {
  public:
    virtual ~Subject() = default;  // takes everything down
    virtual vfs::Backend& backend() = 0;
    // Runs a task to its end. A subject with an event loop drives it here.
    virtual void drive(Task<> task);
    // The directory, from the backend's root, that the suite may fill; empty: the root.
    virtual std::string directory() const { return ""; }

    // What is not so here, whatever capabilities() says. Tests that need it are skipped.
    bool quick = true;           // an operation takes microseconds; else large tests are smaller
    bool credentials = true;     // programs run as any user; else as the process only
    bool device_nodes = true;    // block and character devices can be made
    bool share_modes = true;     // what an open denies is kept from others
    bool owners = true;          // Owner::client tells lock owners and opens apart; opens merge
    bool exact_change = true;    // the change counter grows with each single change
    bool reserved_names = true;  // "." and ".." are refused as names with badname
};

// One backend of the suite: INSTANTIATE_TEST_SUITE_P(Memory, BackendContract,
// testing::Values(Param{"step", over_store(make)}), param_name);
struct Param {
    std::string name;
    std::function<std::unique_ptr<Subject>()> make;
    friend void PrintTo(const Param& param, std::ostream* out) { *out << param.name; }
};

// A StepBackend over a store whose steps end at once.
std::function<std::unique_ptr<Subject>()> over_store(
    std::function<std::unique_ptr<vfs::Store>()> make);

}  // namespace strait::contract
