// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/report.h"

#include <signal.h>
#include <string.h>

#include "preload/shim/raw.h"
#include "preload/shim/settings.h"
#include "preload/shim/way.h"

namespace strait::preload {

namespace {

struct Line {
    char text[512];
    size_t size = 0;
    void add(const char* more) noexcept {
        size_t count = strlen(more);
        if (count > sizeof(text) - size) count = sizeof(text) - size;
        memcpy(text + size, more, count);
        size += count;
    }
    void send() noexcept { raw::write(2, text, size); }
};

uint32_t reported;

}  // namespace

void report_failure(const char* what, const char* subject, int error) noexcept {
    if (__atomic_exchange_n(&reported, 1, __ATOMIC_RELAXED)) return;
    Line line;
    line.add("strait: ");
    line.add(what);
    line.add(" ");
    line.add(subject);
    line.add(": ");
    const char* reason = strerrordesc_np(error);
    line.add(reason ? reason : "unknown error");
    line.add("\n");
    line.send();
}

int uncovered(const char* call, int error) noexcept {
    if (!settings.strict) return error;
    Line line;
    line.add("strait: ");
    line.add(call);
    line.add(" on a file under a mount is not covered yet (STRAIT_STRICT=1)\n");
    line.send();
    raw::call(SYS_tgkill, raw::call(SYS_getpid), raw::call(SYS_gettid), SIGABRT);
    return error;
}

namespace {

bool concerned(char* const* argv) noexcept {
    if (settings.cwd[0]) return true;
    for (size_t i = 1; argv && argv[0] && argv[i]; ++i)
        if (argv[i][0] == '/' && covered(argv[i])) return true;
    return false;
}

void tell_way(const char* path, Way way) noexcept {
    Line line;
    line.add("strait: ");
    line.add(path);
    line.add(": ");
    line.add(way_text(way));
    line.add("\n");
    line.send();
}

}  // namespace

void explain_program(const char* path, char* const* argv) noexcept {
    if (settings.prefix_count == 0 || !path) return;
    char interpreter[256];
    Way way = way_of(path, interpreter, sizeof(interpreter));
    if (way == Way::unknown) return;
    if (settings.explain) tell_way(path, way);
    if (way == Way::script) {
        path = interpreter;
        way = way_of(path, interpreter, sizeof(interpreter));
        if (settings.explain) tell_way(path, way);
    }
    bool untouched = way == Way::untouched_static || way == Way::untouched_privileged ||
                     way == Way::untouched_foreign;
    if (untouched && !settings.explain && concerned(argv)) tell_way(path, way);
}

}  // namespace strait::preload
