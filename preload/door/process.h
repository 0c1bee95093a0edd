// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One program as the agent knows it: its pid, its ring, what it holds open. It ends when the
// kernel says that the pid has (pidfd); a new image of the same pid (exec) replaces the ring.

#include <sys/types.h>

#include <array>

#include "base/sync.h"
#include "preload/door/mapped_file.h"
#include "preload/door/shared_memory.h"
#include "preload/door/token_table.h"

namespace strait::preload {

struct Process final : RefCounted {
    Process(pid_t id, Descriptor handle, uint32_t ring_number) noexcept
        : pid(id), pidfd(std::move(handle)), number(ring_number) {}

    const pid_t pid;
    const Descriptor pidfd;
    const uint32_t number;  // of its ring, in the doorbell
    bool ended = false;
    Ref<RingMemory> memory;
    vfs::FileSystem* files = nullptr;
    uint64_t seen_news = 0;  // of `files`
    Holding holds;
    Holding inherited;  // what the image before, or the parent, held: until this one names its own
    Mappings maps;
    // The directory that it works in, and its name for it, which relative paths begin with. Null:
    // the name is all that is known.
    struct WorkingDirectory {
        std::string name;
        vfs::OpenFileRef node;
    } cwd;
    uint64_t calls = 0;
    Nursery requests;
    // By slot, as bits: handed over and not begun; of these, what nobody waits for, and so came
    // before what somebody does; begun.
    uint64_t waiting = 0, posted = 0, under_way = 0;
    size_t counted = 0;    // of under_way, but for those that wait for long
    size_t next_slot = 0;  // where the next turn begins
    bool queued = false;
    // Ends the wait of the request in that slot.
    std::array<StopSource*, shm::slot_count> waits{};

    // Of its record locks. Tells processes from opens, whose owners are tokens.
    uint64_t lock_owner() const noexcept { return process_owner | static_cast<uint64_t>(pid); }
    static constexpr uint64_t process_owner = uint64_t{1} << 63;
};
using ProcessRef = Ref<Process>;

}  // namespace strait::preload
