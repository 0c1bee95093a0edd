// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/way.h"

#include <elf.h>
#include <string.h>
#include <sys/stat.h>

#include "preload/shim/raw.h"

namespace strait::preload {

namespace {

#if defined(__x86_64__)
constexpr uint16_t own_machine = EM_X86_64;
#else
constexpr uint16_t own_machine = EM_AARCH64;
#endif

bool has_loader(int fd, const Elf64_Ehdr& head) noexcept {
    for (uint16_t i = 0; i < head.e_phnum && i < 64; ++i) {
        Elf64_Phdr part;
        auto at = static_cast<long>(head.e_phoff + size_t{i} * sizeof(part));
        if (raw::pread(fd, &part, sizeof(part), at) != sizeof(part)) return false;
        if (part.p_type == PT_INTERP) return true;
    }
    return false;
}

// Setuid and setgid for somebody else, or with capabilities of its own.
bool raises_privilege(int fd) noexcept {
    struct statx found;
    if (raw::call(SYS_statx, fd, raw::as_long(""), AT_EMPTY_PATH, STATX_BASIC_STATS,
                  raw::as_long(&found)) != 0)
        return false;
    if ((found.stx_mode & S_ISUID) && found.stx_uid != raw::call(SYS_geteuid)) return true;
    bool runs_as_group = (found.stx_mode & S_ISGID) && (found.stx_mode & S_IXGRP);
    if (runs_as_group && found.stx_gid != raw::call(SYS_getegid)) return true;
    bool root = raw::call(SYS_geteuid) == 0;
    return !root && raw::call(SYS_fgetxattr, fd, raw::as_long("security.capability"), 0, 0) > 0;
}

Way way_of_open(int fd, char* interpreter, uint32_t room) noexcept {
    union {
        Elf64_Ehdr elf;
        char text[256];
    } head{};
    long size = raw::pread(fd, &head, sizeof(head) - 1, 0);
    if (size >= 2 && head.text[0] == '#' && head.text[1] == '!') {
        const char* begin = head.text + 2 + strspn(head.text + 2, " \t");
        size_t length = strcspn(begin, " \t\n");
        if (length >= room) return Way::unknown;
        memcpy(interpreter, begin, length);
        interpreter[length] = 0;
        return Way::script;
    }
    if (size < static_cast<long>(sizeof(Elf64_Ehdr)) || memcmp(head.text, ELFMAG, SELFMAG) != 0)
        return Way::unknown;
    if (head.elf.e_ident[EI_CLASS] != ELFCLASS64 || head.elf.e_machine != own_machine)
        return Way::untouched_foreign;
    if (raises_privilege(fd)) return Way::untouched_privileged;
    return has_loader(fd, head.elf) ? Way::shim : Way::untouched_static;
}

}  // namespace

Way way_of(const char* path, char* interpreter, uint32_t room) noexcept {
    int fd = raw::open(path, O_RDONLY | O_CLOEXEC);
    // A program that may be run and not be read is privileged to the loader, too.
    if (fd < 0) return Way::unknown;
    Way way = way_of_open(fd, interpreter, room);
    raw::close(fd);
    return way;
}

const char* way_text(Way way) noexcept {
    switch (way) {
        case Way::shim:
            return "shim (dynamically linked)";
        case Way::script:
            return "script, its interpreter decides";
        case Way::untouched_static:
            return "untouched: statically linked, it sees local files only";
        case Way::untouched_privileged:
            return "untouched: it raises its privilege, nothing may be loaded into it";
        case Way::untouched_foreign:
            return "untouched: built for another machine";
        case Way::unknown:
            return "unknown: it cannot be read, or is no program";
    }
    return "";
}

}  // namespace strait::preload
