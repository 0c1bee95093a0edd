// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/elf_needs.h"

#include <elf.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "preload/shim/raw.h"

namespace strait::preload {

namespace {

const Elf64_Ehdr& head_of(const unsigned char* bytes) noexcept {
    return *reinterpret_cast<const Elf64_Ehdr*>(bytes);
}

bool inside(uint64_t offset, uint64_t length, size_t size) noexcept {
    return offset <= size && length <= size - offset;
}

}  // namespace

ElfNeeds::ElfNeeds(const char* path) noexcept {
    int fd = raw::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    struct statx found{};
    raw::call(SYS_statx, fd, raw::as_long(""), AT_EMPTY_PATH, STATX_SIZE, raw::as_long(&found));
    size_ = found.stx_size;
    void* at = size_ < sizeof(Elf64_Ehdr)
                   ? nullptr
                   : raw::mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, fd, 0);
    raw::close(fd);
    if (!at || raw::failed(at)) return;
    bytes_ = static_cast<const unsigned char*>(at);
    find_tags();
}

ElfNeeds::~ElfNeeds() {
    if (bytes_) raw::munmap(const_cast<unsigned char*>(bytes_), size_);
}

bool ElfNeeds::file_offset(uint64_t address, uint64_t& offset) const noexcept {
    const Elf64_Ehdr& head = head_of(bytes_);
    auto* parts = reinterpret_cast<const Elf64_Phdr*>(bytes_ + head.e_phoff);
    for (size_t i = 0; i < head.e_phnum; ++i) {
        const Elf64_Phdr& part = parts[i];
        if (part.p_type != PT_LOAD || address < part.p_vaddr ||
            address - part.p_vaddr >= part.p_filesz)
            continue;
        offset = address - part.p_vaddr + part.p_offset;
        return offset < size_;
    }
    return false;
}

void ElfNeeds::find_tags() noexcept {
    const Elf64_Ehdr& head = head_of(bytes_);
    if (memcmp(head.e_ident, ELFMAG, SELFMAG) != 0 || head.e_ident[EI_CLASS] != ELFCLASS64) return;
    if (!inside(head.e_phoff, head.e_phnum * sizeof(Elf64_Phdr), size_) || head.e_phoff % 8) return;
    auto* parts = reinterpret_cast<const Elf64_Phdr*>(bytes_ + head.e_phoff);
    const Elf64_Phdr* dynamic = nullptr;
    for (size_t i = 0; i < head.e_phnum; ++i)
        if (parts[i].p_type == PT_DYNAMIC) dynamic = &parts[i];
    if (!dynamic || dynamic->p_offset % 8 || !inside(dynamic->p_offset, dynamic->p_filesz, size_))
        return;
    auto* tags = reinterpret_cast<const Tag*>(bytes_ + dynamic->p_offset);
    size_t count = 0, most = dynamic->p_filesz / sizeof(Tag);
    uint64_t strings = 0, length = 0, offset = 0;
    for (; count < most && tags[count].kind != DT_NULL; ++count) {
        if (tags[count].kind == DT_STRTAB) strings = tags[count].value;
        if (tags[count].kind == DT_STRSZ) length = tags[count].value;
    }
    if (!length || !file_offset(strings, offset) || !inside(offset, length, size_)) return;
    if (bytes_[offset + length - 1] != 0) return;
    strings_ = reinterpret_cast<const char*>(bytes_ + offset);
    strings_size_ = length;
    tags_ = tags;
    count_ = count;
}

const char* ElfNeeds::string(const Tag& tag, uint64_t kind) const noexcept {
    return tag.kind == kind && tag.value < strings_size_ ? strings_ + tag.value : nullptr;
}

const char* ElfNeeds::search() const noexcept {
    const char* found = "";
    for (size_t i = 0; i < count_; ++i) {
        if (const char* path = string(tags_[i], DT_RUNPATH)) return path;
        if (const char* path = string(tags_[i], DT_RPATH)) found = path;
    }
    return found;
}

}  // namespace strait::preload
