// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/real.h"

#include <elf.h>
#include <link.h>
#include <string.h>

#include <cstdint>

namespace strait::preload {

const char* const call_names[] = {
#define EACH(type, name, parameters, arguments) #name,
#include "preload/shim/names.def"
};

namespace {

// The step each entry starts as.
#define EACH(type, name, parameters, arguments) \
    type early_##name parameters {              \
        find_real();                            \
        return real.name arguments;             \
    }
#include "preload/shim/names.def"

struct Library {
    const ElfW(Sym) * symbols = nullptr;
    const char* strings = nullptr;
    const uint32_t* hash = nullptr;  // DT_GNU_HASH
    const uint16_t* versions = nullptr;
    bool foreign = false;  // it has versions of its own, which nobody means by a name of libc's
    ElfW(Addr) base = 0;
};

// glibc writes absolute addresses into the dynamic section of libraries, but not of the vDSO and on
// some machines.
const void* address(const link_map& map, ElfW(Addr) value) noexcept {
    return reinterpret_cast<const void*>(value < map.l_addr ? value + map.l_addr : value);
}

Library library_of(const link_map& map) noexcept {
    Library library;
    library.base = map.l_addr;
    size_t name = 0;
    for (const ElfW(Dyn)* entry = map.l_ld; entry && entry->d_tag != DT_NULL; ++entry) {
        const void* at = address(map, entry->d_un.d_ptr);
        if (entry->d_tag == DT_SYMTAB) library.symbols = static_cast<const ElfW(Sym)*>(at);
        if (entry->d_tag == DT_STRTAB) library.strings = static_cast<const char*>(at);
        if (entry->d_tag == DT_GNU_HASH) library.hash = static_cast<const uint32_t*>(at);
        if (entry->d_tag == DT_VERSYM) library.versions = static_cast<const uint16_t*>(at);
        if (entry->d_tag == DT_VERDEF) library.foreign = true;
        if (entry->d_tag == DT_SONAME) name = entry->d_un.d_val;
    }
    if (library.strings && strncmp(library.strings + name, "libc.", 5) == 0)
        library.foreign = false;
    return library;
}

uint32_t gnu_hash(const char* name) noexcept {
    uint32_t hash = 5381;
    for (; *name; ++name) hash = hash * 33 + static_cast<unsigned char>(*name);
    return hash;
}

void* resolved(const Library& library, const ElfW(Sym) & symbol) noexcept {
    auto at = library.base + symbol.st_value;
    if (ELF64_ST_TYPE(symbol.st_info) == STT_GNU_IFUNC) return reinterpret_cast<void* (*)()>(at)();
    return reinterpret_cast<void*>(at);
}

// The default version of a name where it has one, else any.
void* find(const Library& library, const char* name, uint32_t hash) noexcept {
    if (!library.hash || !library.symbols || !library.strings) return nullptr;
    const uint32_t buckets = library.hash[0], first = library.hash[1], words = library.hash[2];
    const uint32_t shift = library.hash[3];
    auto* bloom = reinterpret_cast<const ElfW(Addr)*>(library.hash + 4);
    constexpr uint32_t bits = sizeof(ElfW(Addr)) * 8;
    ElfW(Addr) word = bloom[(hash / bits) % words];
    if (!(word >> (hash % bits) & word >> ((hash >> shift) % bits) & 1)) return nullptr;
    auto* bucket = reinterpret_cast<const uint32_t*>(bloom + words);
    const uint32_t* chain = bucket + buckets;
    void* hidden = nullptr;
    uint32_t index = bucket[hash % buckets];
    if (index < first) return nullptr;
    for (;; ++index) {
        uint32_t entry = chain[index - first];
        const ElfW(Sym)& symbol = library.symbols[index];
        if ((entry | 1) == (hash | 1) && symbol.st_shndx != SHN_UNDEF &&
            strcmp(library.strings + symbol.st_name, name) == 0 &&
            !(library.foreign && library.versions && (library.versions[index] & 0x7fff) > 1)) {
            void* found = resolved(library, symbol);
            if (!library.versions || !(library.versions[index] & 0x8000)) return found;
            hidden = found;
        }
        if (entry & 1) return hidden;
    }
}

const link_map* own_map() noexcept {
    auto here = reinterpret_cast<ElfW(Dyn)*>(_DYNAMIC);
    for (const link_map* map = _r_debug.r_map; map; map = map->l_next)
        if (map->l_ld == here) return map;
    return nullptr;
}

constexpr size_t library_limit = 64;

size_t libraries_after_us(Library* out) noexcept {
    const link_map* map = own_map();
    size_t count = 0;
    for (map = map ? map->l_next : nullptr; map && count < library_limit; map = map->l_next)
        out[count++] = library_of(*map);
    return count;
}

void* find_in(const Library* libraries, size_t count, const char* name) noexcept {
    uint32_t hash = gnu_hash(name);
    for (size_t i = 0; i < count; ++i)
        if (void* found = find(libraries[i], name, hash)) return found;
    return nullptr;
}

}  // namespace

Real real = {
#define EACH(type, name, parameters, arguments) .name = early_##name,
#include "preload/shim/names.def"
};

void* next_symbol(const char* name) noexcept {
    Library libraries[library_limit];
    size_t count = libraries_after_us(libraries);
    return find_in(libraries, count, name);
}

void find_real() noexcept {
    Library libraries[library_limit];
    size_t count = libraries_after_us(libraries);
    void** entries = reinterpret_cast<void**>(&real);
    for (size_t i = 0; i < name_count; ++i) entries[i] = find_in(libraries, count, call_names[i]);
}

const char* own_path() noexcept {
    const link_map* map = own_map();
    return map && map->l_name ? map->l_name : "";
}

}  // namespace strait::preload
