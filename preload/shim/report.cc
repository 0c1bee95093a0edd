// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/report.h"

#include <signal.h>
#include <string.h>

#include "preload/shim/raw.h"
#include "preload/shim/settings.h"

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

}  // namespace strait::preload
