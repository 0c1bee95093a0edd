// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Which descriptors of this process are Strait files. Each is a real kernel descriptor, an O_PATH
// re-open of a memfd that tells the OpenRecord by its name; so the kernel does dup, fork, exec and
// passing on. Looking one up is one load and a branch. Lock-free: a handler may come anywhere
// between.

#include <sys/types.h>

#include <cstddef>
#include <cstdint>

namespace strait::preload {

// One open file description as this process knows it. Its position and its data are the agent's,
// but for what is known.
struct Open {
    uint32_t references;  // descriptors; 0: the entry is free
    uint32_t flags;       // as open(2), status flags kept up to date
    uint32_t type;        // S_IF*
    uint32_t written;     // something was written since the last flush
    uint64_t token;
    uint64_t instance;
    // --- known.h
    uint64_t known;
    struct Link* link;
    uint32_t slot;
    uint32_t whole;  // of one that was taken out: all of the file was known
};

inline constexpr size_t descriptor_limit = size_t{1} << 20;
extern uint32_t descriptors[descriptor_limit];  // 0: not ours; else the index of an Open and one
extern Open opens[];

inline Open* find(int fd) noexcept {
    if (static_cast<unsigned>(fd) >= descriptor_limit) return nullptr;
    uint32_t entry = __atomic_load_n(&descriptors[fd], __ATOMIC_ACQUIRE);
    return __builtin_expect(entry == 0, 1) ? nullptr : &opens[entry - 1];
}

// How many opens this process holds.
extern uint32_t opens_held;
inline size_t open_count() noexcept { return __atomic_load_n(&opens_held, __ATOMIC_RELAXED); }
// The lowest descriptors first: calls visit(fd) for each of ours in [first, last].
int next_ours(int from) noexcept;  // -1: none at or after `from`

// Makes the placeholder of the new open that `opened` tells of, and enters it. -errno: it could
// not, and the token is still the caller's.
int install(class Call& opened, uint32_t flags, const char* path) noexcept;
// `fd` is another descriptor of `open` now.
void share(Open& open, int fd) noexcept;
// Takes the entry of `fd` out. True: it was the last of its open, which then is in `last`.
bool take_out(int fd, Open& last) noexcept;
// Looks at what a descriptor from elsewhere (exec, a socket) is, and enters it when it is ours.
bool adopt(int fd) noexcept;
// The status flags that all who share the open see; -1: nobody has set any since it was opened.
int shared_flags(int fd) noexcept;
void share_flags(int fd, uint32_t flags) noexcept;
// Enters all that came through exec.
void adopt_inherited() noexcept;
// Tells the agent which opens this process holds: after each new connection.
void adopt_all() noexcept;

}  // namespace strait::preload
