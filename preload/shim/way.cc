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
constexpr char own_loader[] = "ld-linux-x86-64.so.2";
#else
constexpr uint16_t own_machine = EM_AARCH64;
constexpr char own_loader[] = "ld-linux-aarch64.so.1";
#endif

enum class Loader : uint8_t { none, ours, other };

// glibc's loader has one name on a machine, wherever it lies.
Loader loader_at(int fd, const Elf64_Phdr& part) noexcept {
    char path[256] = {};
    if (part.p_filesz == 0 || part.p_filesz >= sizeof(path)) return Loader::other;
    raw::pread(fd, path, part.p_filesz, static_cast<long>(part.p_offset));
    const char* name = strrchr(path, '/');
    return strcmp(name ? name + 1 : path, own_loader) == 0 ? Loader::ours : Loader::other;
}

Loader loader_of(int fd, const Elf64_Ehdr& head) noexcept {
    for (uint16_t i = 0; i < head.e_phnum && i < 64; ++i) {
        Elf64_Phdr part;
        auto at = static_cast<long>(head.e_phoff + size_t{i} * sizeof(part));
        if (raw::pread(fd, &part, sizeof(part), at) != sizeof(part)) return Loader::none;
        if (part.p_type == PT_INTERP) return loader_at(fd, part);
    }
    return Loader::none;
}

// Go's linker leaves a note of this type and owner in every program (cmd/link, ELF_NOTE_GOBUILDID);
// Go's own library makes system calls without libc.
bool has_go_note(int fd, const Elf64_Phdr& part) noexcept {
    constexpr uint32_t go_build_id = 4;
    alignas(Elf64_Nhdr) char notes[1024];
    size_t room = part.p_filesz < sizeof(notes) ? part.p_filesz : sizeof(notes);
    long size = raw::pread(fd, notes, room, static_cast<long>(part.p_offset));
    for (size_t at = 0; size > 0 && at + sizeof(Elf64_Nhdr) + 4 <= static_cast<size_t>(size);) {
        Elf64_Nhdr note;
        memcpy(&note, notes + at, sizeof(note));
        const char* owner = notes + at + sizeof(note);
        if (note.n_type == go_build_id && note.n_namesz == 4 && memcmp(owner, "Go", 3) == 0)
            return true;
        at += sizeof(note) + ((size_t{note.n_namesz} + 3) & ~size_t{3}) +
              ((size_t{note.n_descsz} + 3) & ~size_t{3});
    }
    return false;
}

bool is_go(int fd, const Elf64_Ehdr& head) noexcept {
    for (uint16_t i = 0; i < head.e_phnum && i < 64; ++i) {
        Elf64_Phdr part;
        auto at = static_cast<long>(head.e_phoff + size_t{i} * sizeof(part));
        if (raw::pread(fd, &part, sizeof(part), at) != sizeof(part)) return false;
        if (part.p_type == PT_NOTE && has_go_note(fd, part)) return true;
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
    switch (loader_of(fd, head.elf)) {
        case Loader::none:
            return Way::untouched_static;
        case Loader::ours:
            return is_go(fd, head.elf) ? Way::untouched_direct : Way::shim;
        case Loader::other:
            return Way::untouched_libc;
    }
    return Way::unknown;
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

bool untouched(Way way) noexcept {
    switch (way) {
        case Way::untouched_static:
        case Way::untouched_privileged:
        case Way::untouched_foreign:
        case Way::untouched_libc:
        case Way::untouched_direct:
            return true;
        case Way::shim:
        case Way::script:
        case Way::unknown:
            return false;
    }
    return false;
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
        case Way::untouched_libc:
            return "untouched: made for another libc, it sees local files only";
        case Way::untouched_direct:
            return "untouched: a Go program asks the kernel itself, it sees local files only";
        case Way::unknown:
            return "unknown: it cannot be read, or is no program";
    }
    return "";
}

}  // namespace strait::preload
