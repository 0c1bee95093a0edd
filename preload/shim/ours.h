// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The calls that names.def sorts, as they are done on Strait files: ours_NAME takes the open or the
// place first, then libc's arguments; shim_NAME decides for itself. They return as libc's do, errno
// set on failure.

#include "preload/shim/real.h"
#include "preload/shim/table.h"
#include "preload/shim/where.h"

namespace strait::preload {

#define STRAIT_UNPACK(...) __VA_ARGS__
#define F(type, name, parameters, arguments) type ours_##name(Open& open, STRAIT_UNPACK parameters);
#define P(type, name, parameters, arguments) \
    type ours_##name(Where& where, STRAIT_UNPACK parameters);
#define A(type, name, parameters, arguments) \
    type ours_##name(Where& where, STRAIT_UNPACK parameters);
#define S(type, name, parameters, arguments) type shim_##name parameters;
#define R(type, name, parameters, arguments, error)
#define U(type, name, parameters, arguments, error)
#define V(type, name, parameters, arguments, error)
#include "preload/shim/names.def"

// --- what several of them share

// The empty path means the descriptor itself with AT_EMPTY_PATH only: 0, or ENOENT.
int check_empty(Where& where, const char* path, int flags) noexcept;
// Closes the entry of `fd`, not the kernel's descriptor; an errno value of write-back.
int release(int fd) noexcept;
// open(2) at a place that is ours: the new descriptor, or -1 and errno. `where` may be redirected.
int open_at(Where& where, int flags, mode_t mode) noexcept;
int stat_open(Open& open, struct stat* out) noexcept;
int stat_at(Where& where, struct stat* out, bool follow) noexcept;
void fill_stat(const shm::Stat& from, struct stat* out) noexcept;
mode_t current_umask() noexcept;
// Some lock was asked for: any close may release one from now on, and others must see it at once.
bool may_hold_locks() noexcept;
// Whole transfers, in windows. Bytes, or -1 and errno when none were moved.
ssize_t read_open(Open& open, void* out, size_t count, uint64_t offset) noexcept;
ssize_t write_open(Open& open, const void* in, size_t count, uint64_t offset) noexcept;

}  // namespace strait::preload
