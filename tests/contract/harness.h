// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a backend brings to the contract suite, and short words for its tests. Everything goes
// through vfs::Backend::run, so that the suite runs over a store as well as over a network.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "vfs/backend.h"

namespace strait::contract {

// A file system under test. Its destructor takes everything down.
class Subject {
  public:
    virtual ~Subject() = default;
    virtual vfs::Backend& backend() = 0;
    // Runs a task to its end; a subject with an event loop drives it here.
    virtual void drive(Task<> task);
    // The directory, from the backend's root, that the suite may fill: "" is the root itself.
    virtual std::string directory() const { return ""; }

    // What this backend can not promise, whatever it declares.
    bool credentials = true;      // programs may run as any user; else as the process only
    bool device_nodes = true;     // Create makes block and character devices
    bool deny_modes = true;       // share reservations are kept
    bool byte_names = true;       // names of any bytes but '/' and NUL; else UTF-8
    bool atomic_change = true;    // the change counter grows with every single change
    bool sparse = true;           // holes take no space
    bool exact_errors = true;     // the error of each refusal is the one of the VFS, not a relative
    bool orphans_by_handle = true;  // an unlinked file is found by handle while it is open
};

using Factory = std::function<std::unique_ptr<Subject>()>;

// A Subject of a Backend that needs no driving: StepBackend over a Store that completes at once.
class StoreSubject;

}  // namespace strait::contract
