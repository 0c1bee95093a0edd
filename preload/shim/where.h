// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Where a path argument leads: to the kernel, or to the agent, and then from which directory.

#include <fcntl.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "preload/shim/settings.h"
#include "preload/shim/table.h"

namespace strait::preload {

struct Where {
    const char* path = "";
    uint64_t token = 0;       // the directory it starts at; 0: it is absolute
    uint64_t instance = 0;    // of the token
    Open* open = nullptr;     // with an empty path: the open meant itself
    bool executable = false;  // /proc/self/exe, and that is our copy of `path`
    bool redirected = false;  // the agent said: go on at the local path in `buffer`
    char buffer[shm::path_max];
};

// Whether a prefix's last component stands at `text`.
bool is_last_component(const char* text) noexcept;
// Whether a path that does not begin with a prefix as it stands names a prefix's last component, as
// a way in from outside must: "n/a" from "/", "../n", "//n". One pass, sixteen bytes at a time:
// this stands before every call with a path.
inline bool names_prefix(const char* path) noexcept {
    auto is_last = [](const char* text) {
        return settings.initials[static_cast<unsigned char>(*text)] && is_last_component(text);
    };
    if (is_last(path)) return true;
#if defined(__SSE2__)
    // Aligned reads stay in the string's pages.
    auto skipped = static_cast<unsigned>(reinterpret_cast<uintptr_t>(path) & 15);
    const char* block = path - skipped;
    for (unsigned valid = 0xffffu << skipped & 0xffff;; valid = 0xffff, block += 16) {
        __m128i bytes = _mm_load_si128(reinterpret_cast<const __m128i*>(block));
        auto equal = [&](char byte) {
            return static_cast<unsigned>(
                _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte))));
        };
        unsigned ends = equal(0) & valid, slashes = equal('/') & valid;
        if (ends) slashes &= (ends & -ends) - 1;
        for (; slashes; slashes &= slashes - 1)
            if (is_last(block + __builtin_ctz(slashes) + 1)) return true;
        if (ends) return false;
    }
#else
    for (; *path; ++path)
        if (*path == '/' && is_last(path + 1)) return true;
    return false;
#endif
}

// Quick and never wrong about no: whether locate() need be asked at all.
inline bool maybe_ours(int dirfd, const char* path) noexcept {
    if (!path) return find(dirfd) != nullptr;
    if (path[0] == '/')
        return covered(path) ||
               ((path[1] == 'd' || path[1] == 'p') && (open_count() != 0 || settings.executable)) ||
               names_prefix(path);
    return (dirfd == AT_FDCWD ? settings.cwd[0] != 0 : find(dirfd) != nullptr) ||
           names_prefix(path);
}
// Whether the path is the agent's matter; then `where` says what to tell it.
bool locate(Where& where, int dirfd, const char* path) noexcept;

}  // namespace strait::preload
