// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs the tests where mounting is ours: in a mount namespace of our own, which takes all mounts
// with it when the process ends, however that happens.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cstdio>

namespace {

constexpr int skip = 77;

bool own_namespace() {
    if (unshare(CLONE_NEWNS) != 0) return false;
    return mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

}  // namespace

int main(int argc, char** argv) {
    ::testing::InitGoogleTest(&argc, argv);
    int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    if (device < 0 || geteuid() != 0 || !own_namespace()) {
        std::puts("skipped: needs root, /dev/fuse and a mount namespace of its own");
        return skip;
    }
    close(device);
    return RUN_ALL_TESTS();
}
