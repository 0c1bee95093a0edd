// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/count.h"

#include <string.h>
#include <sys/mman.h>

#include "preload/shim/raw.h"
#include "preload/shim/real.h"
#include "preload/shim/settings.h"

namespace strait::preload {

Counts* counts;
constinit thread_local uint64_t deeds = 0;

namespace {

// All of the text, or as much as there is room for.
struct Lines {
    char text[32768];
    size_t size = 0;
    void add(const char* more) noexcept {
        size_t length = strlen(more);
        if (length > sizeof(text) - size) return;
        memcpy(text + size, more, length);
        size += length;
    }
    void add(uint64_t number) noexcept {
        char digits[24];
        size_t at = sizeof(digits) - 1;
        digits[at] = 0;
        do digits[--at] = static_cast<char>('0' + number % 10);
        while (number /= 10);
        add(digits + at);
    }
    void add(const char* kind, const char* name, uint64_t times) noexcept {
        if (!times) return;
        add(kind);
        add(name);
        add(" ");
        add(times);
        add("\n");
    }
};

template <size_t count>
uint64_t sum(const uint64_t (&all)[count]) noexcept {
    uint64_t total = 0;
    for (uint64_t each : all) total += each;
    return total;
}

bool is_any(const Counts& from) noexcept {
    return sum(from.served) || sum(from.passed) || from.uncovered[0].call;
}

void describe(const Counts& from, Lines& out) noexcept {
    char program[256] = "?";
    long size = raw::readlink("/proc/self/exe", program, sizeof(program) - 1);
    if (size > 0) program[size] = 0;
    uint64_t uncovered = 0;
    for (const auto& each : from.uncovered) uncovered += each.times;
    out.add("pid ");
    out.add(static_cast<uint64_t>(raw::call(SYS_getpid)));
    out.add(" ");
    out.add(program);
    out.add(": ");
    out.add(sum(from.served));
    out.add(" calls served, ");
    out.add(sum(from.passed));
    out.add(" fell through, ");
    out.add(uncovered);
    out.add(" not covered\n");
    for (const auto& each : from.uncovered) out.add("  not covered ", each.call, each.times);
    for (size_t i = 0; i < name_count; ++i) out.add("  served ", call_names[i], from.served[i]);
    for (size_t i = 0; i < name_count; ++i)
        out.add("  fell through ", call_names[i], from.passed[i]);
}

}  // namespace

void begin_counting() noexcept {
    void* page = raw::mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw::failed(page)) return;
    raw::call(SYS_madvise, raw::as_long(page), sizeof(Counts), MADV_WIPEONFORK);
    counts = static_cast<Counts*>(page);
}

void write_counts() noexcept {
    if (!counts || !is_any(*counts)) return;
    int fd = raw::open(settings.report, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0) return;
    Lines lines;
    describe(*counts, lines);
    raw::write(fd, lines.text, lines.size);
    raw::close(fd);
    memset(counts, 0, sizeof(*counts));
}

}  // namespace strait::preload
