// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/spawn_actions.h"

#include <fcntl.h>
#include <spawn.h>
#include <string.h>

namespace strait::preload {

namespace {

struct List {  // glibc's posix_spawn_file_actions_t
    int allocated;
    int used;
    SpawnAction* actions;
};
static_assert(sizeof(SpawnAction) == 32 && sizeof(List) <= sizeof(posix_spawn_file_actions_t));

bool as_expected(const SpawnAction* action) noexcept {
    constexpr SpawnAction::Kind order[] = {SpawnAction::dup2, SpawnAction::open, SpawnAction::close,
                                           SpawnAction::chdir, SpawnAction::fchdir};
    for (size_t i = 0; i < 5; ++i)
        if (action[i].kind != order[i]) return false;
    const auto& opened = action[1].opened;
    return action[0].copied.from == 101 && action[0].copied.to == 102 && opened.fd == 103 &&
           strcmp(opened.path, "/a") == 0 && opened.flags == O_WRONLY && opened.mode == 0640 &&
           action[2].fd == 104 && strcmp(action[3].path, "/b") == 0 && action[4].fd == 105;
}

bool try_layout() noexcept {
    posix_spawn_file_actions_t trial;
    if (posix_spawn_file_actions_init(&trial) != 0) return false;
    bool made = posix_spawn_file_actions_adddup2(&trial, 101, 102) == 0 &&
                posix_spawn_file_actions_addopen(&trial, 103, "/a", O_WRONLY, 0640) == 0 &&
                posix_spawn_file_actions_addclose(&trial, 104) == 0 &&
                posix_spawn_file_actions_addchdir_np(&trial, "/b") == 0 &&
                posix_spawn_file_actions_addfchdir_np(&trial, 105) == 0;
    List list;
    memcpy(&list, &trial, sizeof(list));
    bool good = made && list.used == 5 && list.allocated >= 5 && as_expected(list.actions);
    posix_spawn_file_actions_destroy(&trial);
    return good;
}

int known;  // 0: not tried, 1: as expected, -1: not

}  // namespace

bool read_actions(const void* actions, SpawnActions& out) noexcept {
    out = {};
    if (!actions) return true;
    if (__atomic_load_n(&known, __ATOMIC_RELAXED) == 0)
        __atomic_store_n(&known, try_layout() ? 1 : -1, __ATOMIC_RELAXED);
    if (known < 0) return false;
    List list;
    memcpy(&list, actions, sizeof(list));
    if (list.used < 0 || list.used > list.allocated) return false;
    out = {list.actions, static_cast<size_t>(list.used)};
    for (const SpawnAction& action : out)
        if (action.kind < SpawnAction::close || action.kind > SpawnAction::tcsetpgrp) return false;
    return true;
}

}  // namespace strait::preload
