// SPDX-License-Identifier: LGPL-2.1-or-later
// dlopen of libraries that lie under a prefix: their copies are loaded (mirror.h). Calls that are
// not ours go on as jumps: libc looks at who called.

#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "preload/shim/mirror.h"
#include "preload/shim/ours.h"
#include "preload/shim/process.h"
#include "preload/shim/text.h"

namespace strait::preload {

namespace {

// What the loader would not find for itself is loaded before what needs it, which then finds it by
// its name.
struct LoadedBefore final : Mirrored {
    explicit LoadedBefore(int how) noexcept : mode(how) {}
    void library(const char* copy, bool by_origin) noexcept override {
        constexpr int kinds = RTLD_LAZY | RTLD_NOW;
        if (!by_origin) real.dlopen(copy, mode & kinds);
    }
    int mode;
};

void* load_copy(const char* path, int mode, bool& ours) noexcept {
    char copy[shm::path_max];
    LoadedBefore before(mode);
    int error = mirror(path, copy, sizeof(copy), before);
    ours = error == 0;
    return ours ? real.dlopen(copy, mode) : nullptr;
}

// A path with a slash: where it leads. Without: the first of LD_LIBRARY_PATH's folders under a
// prefix that has it.
__attribute__((noinline)) bool load_ours(const char* file, int mode, void*& handle) noexcept {
    bool ours = false;
    if (strchr(file, '/')) {
        Where where;
        if (!locate(where, AT_FDCWD, file) || where.open) return false;
        handle = load_copy(where.path, mode, ours);
        return ours;
    }
    Text path;
    for (const char* list = getenv("LD_LIBRARY_PATH"); list && !ours;) {
        size_t size = strcspn(list, ":;");
        path = Text().add(list, size).add("/").add(file);
        if (covered(path.text)) handle = load_copy(path.text, mode, ours);
        list = list[size] ? list + size + 1 : nullptr;
    }
    return ours;
}

bool may_be_ours(const char* file) noexcept {
    if (!file || settings.prefix_count == 0) return false;
    return strchr(file, '/') ? maybe_ours(AT_FDCWD, file) : getenv("LD_LIBRARY_PATH") != nullptr;
}

}  // namespace

void* shim_dlopen(const char* file, int mode) {
    void* handle;
    if (may_be_ours(file) && load_ours(file, mode, handle)) return handle;
    [[clang::musttail]] return real.dlopen(file, mode);
}

}  // namespace strait::preload
