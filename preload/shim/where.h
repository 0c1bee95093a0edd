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
    bool from_cwd = false;    // the path begins with settings.cwd, which stands for the directory
    bool executable = false;  // /proc/self/exe, and that is our copy of `path`
    bool redirected = false;  // the agent said: go on at the local path in `buffer`
    char buffer[shm::path_max];
};

// Whether a prefix's last component stands at `text`.
bool is_last_component(const char* text) noexcept;
// One pass over a path, sixteen bytes at a time: this stands before every call with a path. Calls
// found(at) for each place behind a slash where `mask(slashes, equal)`, given the bits of the
// slashes so far and one more to the left for each, leaves its bit.
#if defined(__SSE2__)
template <class Mask, class Found>
inline bool look_behind_slashes(const char* path, Mask mask, Found found) noexcept {
    // Aligned reads stay in the string's pages.
    auto skipped = static_cast<unsigned>(reinterpret_cast<uintptr_t>(path) & 15);
    const char* block = path - skipped;
    unsigned carry = 0;
    for (unsigned valid = 0xffffu << skipped & 0xffff;; valid = 0xffff, block += 16) {
        __m128i bytes = _mm_load_si128(reinterpret_cast<const __m128i*>(block));
        auto equal = [&](char byte) {
            return static_cast<unsigned>(
                _mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(byte))));
        };
        unsigned ends = equal(0) & valid, slashes = equal('/') & valid;
        if (ends) slashes &= (ends & -ends) - 1;
        unsigned behind = slashes << 1 | carry;
        for (unsigned hits = mask(behind, equal); hits; hits &= hits - 1)
            if (found(block + __builtin_ctz(hits))) return true;
        if (ends) return false;
        carry = behind >> 16;
    }
}
#endif

// Whether a path that does not begin with a prefix as it stands names a prefix's last component, as
// a way in from outside must: "n/a" from "/", "../n", "//n".
inline bool names_prefix(const char* path) noexcept {
    auto is_last = [](const char* text) {
        return settings.initials[static_cast<unsigned char>(*text)] && is_last_component(text);
    };
    if (is_last(path)) return true;
#if defined(__SSE2__)
    return look_behind_slashes(path, [](unsigned behind, auto) { return behind; }, is_last);
#else
    for (; *path; ++path)
        if (*path == '/' && is_last(path + 1)) return true;
    return false;
#endif
}

// The same of an absolute path: that leads in from outside only by way of "//", "/./" or "/../".
inline bool winds(const char* path) noexcept {
#if defined(__SSE2__)
    return look_behind_slashes(
        path, [](unsigned behind, auto equal) { return behind & (equal('/') | equal('.')); },
        [](const char*) { return true; });
#else
    for (; *path; ++path)
        if (*path == '/' && (path[1] == '/' || path[1] == '.')) return true;
    return false;
#endif
}

// Quick and never wrong about no: whether locate() need be asked at all.
#if defined(__clang__) && defined(__x86_64__)
__attribute__((preserve_most))  // the caller's arguments stay where they are
#endif
inline bool
maybe_ours(int dirfd, const char* path) noexcept {
    if (!path) return find(dirfd) != nullptr;
    if (path[0] == '/')
        return covered(path) ||
               ((path[1] == 'd' || path[1] == 'p') && (open_count() != 0 || settings.executable)) ||
               (winds(path) && names_prefix(path));
    return (dirfd == AT_FDCWD ? settings.cwd[0] != 0 : find(dirfd) != nullptr) ||
           names_prefix(path);
}
// Whether the path is the agent's matter; then `where` says what to tell it.
bool locate(Where& where, int dirfd, const char* path) noexcept;

}  // namespace strait::preload
