// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The next library's function for every name in names.def. Each entry starts as a step that finds
// them all and goes on, so a call that comes before our constructor works too.

#include <aio.h>
#include <dirent.h>
#include <fts.h>
#include <ftw.h>
#include <glob.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <utime.h>
#include <wordexp.h>

namespace strait::preload {

using TreeVisit = int (*)(const char*, const struct stat*, int);
using TreeVisitFrom = int (*)(const char*, const struct stat*, int, struct FTW*);
using FtsCompare = int (*)(const FTSENT**, const FTSENT**);

struct Real {
#define EACH(type, name, parameters, arguments) type(*name) parameters;
#include "preload/shim/names.def"
};
extern Real real;
// The names in the table's order, an alias not among them.
constexpr size_t name_count = sizeof(Real) / sizeof(void*);
extern const char* const call_names[name_count];

// Fills `real`. May run more than once, on several threads.
void find_real() noexcept;
// The first definition of `name` in the libraries after the shim, by their hash tables: no lock, no
// allocation. Null: there is none.
void* next_symbol(const char* name) noexcept;
// The shim's own file, as the loader opened it.
const char* own_path() noexcept;

}  // namespace strait::preload
