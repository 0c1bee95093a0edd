// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What libraries an ELF file asks for and where it says to look for them. The file is a stranger's:
// every offset is checked.

#include <cstddef>
#include <cstdint>

namespace strait::preload {

class ElfNeeds {
  public:
    // Nothing is needed by what is no ELF file of ours.
    explicit ElfNeeds(const char* path) noexcept;
    ~ElfNeeds();
    ElfNeeds(const ElfNeeds&) = delete;
    ElfNeeds& operator=(const ElfNeeds&) = delete;

    // Calls visit(name) for each DT_NEEDED.
    template <class Visit>
    void each(Visit visit) const noexcept {
        for (size_t i = 0; i < count_; ++i)
            if (const char* name = string(tag(i), needed_tag)) visit(name);
    }
    // DT_RUNPATH, or DT_RPATH where that is not, or "".
    const char* search() const noexcept;

  private:
    struct Tag {
        uint64_t kind, value;
    };
    static constexpr uint64_t needed_tag = 1;
    const Tag& tag(size_t i) const noexcept { return tags_[i]; }
    const char* string(const Tag& tag, uint64_t kind) const noexcept;
    void find_tags() noexcept;
    bool file_offset(uint64_t address, uint64_t& offset) const noexcept;

    const unsigned char* bytes_ = nullptr;
    size_t size_ = 0;
    const Tag* tags_ = nullptr;
    size_t count_ = 0;
    const char* strings_ = nullptr;
    size_t strings_size_ = 0;
};

}  // namespace strait::preload
