// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/report.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "preload/shim/count.h"
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

namespace {

// Once for each of the first calls that are not covered, whoever makes them how often.
const char* told[Counts::uncovered_limit];

bool is_news(const char* call) noexcept {
    for (const char*& each : told) {
        const char* seen = __atomic_load_n(&each, __ATOMIC_ACQUIRE);
        if (!seen && __atomic_compare_exchange_n(&each, &seen, call, false, __ATOMIC_ACQ_REL,
                                                 __ATOMIC_ACQUIRE))
            return true;
        if (strcmp(seen, call) == 0) return false;
    }
    return false;
}

void count_uncovered(const char* call) noexcept {
    if (!counts) return;
    for (auto& each : counts->uncovered) {
        if (!each.call) each.call = call;
        if (strcmp(each.call, call) == 0) return count(each.times);
    }
}

}  // namespace

int uncovered(const char* call, int error) noexcept {
    count_uncovered(call);
    ++deeds;
    if (!settings.strict && !is_news(call)) return error;
    Line line;
    line.add("strait: ");
    line.add(call);
    line.add(" on a file under a mount is not covered");
    line.add(settings.strict ? " (STRAIT_STRICT=1)\n" : "\n");
    line.send();
    if (!settings.strict) return error;
    write_counts();
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
    if (untouched(way) && !settings.explain && concerned(argv)) tell_way(path, way);
}

void explain_found(const char* file, char* const* argv) noexcept {
    if (settings.prefix_count == 0 || !file) return;
    const char* list = getenv("PATH");
    if (strchr(file, '/') || !list) return explain_program(file, argv);
    for (;; ++list) {
        size_t folder = strcspn(list, ":"), name = strlen(file);
        char path[shm::path_max];
        if (folder + name + 2 <= sizeof(path)) {
            memcpy(path, list, folder);
            path[folder] = '/';
            memcpy(path + folder + 1, file, name + 1);
            constexpr int may_execute = 1;
            if (raw::call(SYS_faccessat, AT_FDCWD, raw::as_long(path), may_execute) == 0)
                return explain_program(path, argv);
        }
        list += folder;
        if (!*list) return;
    }
}

}  // namespace strait::preload
