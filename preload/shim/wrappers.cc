// SPDX-License-Identifier: LGPL-2.1-or-later
// What the shim exports: one wrapper a name of names.def, and its aliases. A call that is not ours
// goes to the next library after one load and a branch, or one comparison with the prefixes.

#include "preload/shim/count.h"
#include "preload/shim/ours.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"

#define EXPORT __attribute__((visibility("default")))

namespace strait::preload {

// asm names keep libc's own declarations (noexcept, nonnull, fortified) out of the way.
#define EACH(type, name, parameters, arguments) \
    extern "C" EXPORT type exported_##name parameters __asm__(#name);
#define ALIAS(name, other)                                                    \
    extern "C" EXPORT decltype(exported_##name) alias_##other __asm__(#other) \
        __attribute__((alias(#name)));
#include "preload/shim/names.def"

#define F(type, name, parameters, arguments)                    \
    type exported_##name parameters {                           \
        if (Open* open = find(fd)) {                            \
            count_served(Name::of_##name);                      \
            return ours_##name(*open, STRAIT_UNPACK arguments); \
        }                                                       \
        count_passed(Name::of_##name);                          \
        return real.name arguments;                             \
    }
// Apart, so that the buffer in Where costs nothing where the path is not ours.
#define PATH_WRAPPER(type, name, parameters, arguments, from)                        \
    __attribute__((noinline)) static type at_##name parameters {                     \
        Where where;                                                                 \
        if (!locate(where, from, path)) {                                            \
            count_passed(Name::of_##name);                                           \
            return real.name arguments;                                              \
        }                                                                            \
        count_served(Name::of_##name);                                               \
        type result = ours_##name(where, STRAIT_UNPACK arguments);                   \
        if (!where.redirected) return result;                                        \
        path = where.buffer;                                                         \
        return real.name arguments;                                                  \
    }                                                                                \
    type exported_##name parameters {                                                \
        if (__builtin_expect(maybe_ours(from, path), 0)) return at_##name arguments; \
        count_passed(Name::of_##name);                                               \
        return real.name arguments;                                                  \
    }
#define P(type, name, parameters, arguments) \
    PATH_WRAPPER(type, name, parameters, arguments, AT_FDCWD)
#define A(type, name, parameters, arguments) PATH_WRAPPER(type, name, parameters, arguments, dirfd)
#define S(type, name, parameters, arguments)                                      \
    type exported_##name parameters {                                             \
        if (__builtin_expect(counts == nullptr, 1)) return shim_##name arguments; \
        Counted counted(Name::of_##name);                                         \
        return shim_##name arguments;                                             \
    }
#define R(type, name, parameters, arguments, error) \
    type exported_##name parameters {               \
        if (find(fd)) {                             \
            count_served(Name::of_##name);          \
            return failed(error);                   \
        }                                           \
        count_passed(Name::of_##name);              \
        return real.name arguments;                 \
    }
#define U(type, name, parameters, arguments, error)           \
    type exported_##name parameters {                         \
        if (find(fd)) return failed(uncovered(#name, error)); \
        return real.name arguments;                           \
    }
#define V(type, name, parameters, arguments, error)                                      \
    static type ours_##name(Where&, auto...) { return failed(uncovered(#name, error)); } \
    PATH_WRAPPER(type, name, parameters, arguments, AT_FDCWD)
#include "preload/shim/names.def"

}  // namespace strait::preload
