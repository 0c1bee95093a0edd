// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// All files that programs have mapped, and their mappings by random number: a number is the right
// to the memfd, as a token is to an open.

#include <functional>

#include "preload/door/mapped_file.h"

namespace strait::preload {

class MappedFiles {
  public:
    // `pause` lets the event loop do other work: called in the midst of long ones.
    explicit MappedFiles(std::function<Task<>()> pause);
    // The file's pages, when some program maps it.
    MappedFileRef of(const vfs::OpenFile& file) const;
    bool empty() const noexcept { return files_.empty(); }
    // Programs may store into it at any time.
    bool stored_into(const vfs::OpenFile& file) const;
    // A new mapping of [offset, offset + length) with its pages filled. Errc::nomem: all pages
    // together would be more than half of the memory. The caller gives it up.
    Task<MappingRef> map(TokenRef token, uint64_t offset, uint64_t length, bool writable);
    Mapping* find(uint64_t id) const;
    // Writes back what was stored, and lets go. `stable`: the file's data is stable then.
    static Task<> give_up(MappingRef mapping);
    static Task<> give_up_all(Mappings mappings);
    static Task<> make_writable(Mapping& mapping);
    static Task<> sync(Mapping& mapping, uint64_t offset, uint64_t length, bool stable);

    // --- for calls on files that may be mapped; nothing where they are not
    // What programs stored there is in the file.
    Task<> before_read(vfs::OpenFile& file, uint64_t offset, uint64_t length) const;
    Task<size_t> write(vfs::OpenFile& file, uint64_t offset, BufferChain data) const;
    // After a change of the file's size or its data.
    Task<> resized(vfs::OpenFile& file) const;
    Task<> changed(vfs::OpenFile& file, uint64_t offset, uint64_t length) const;

    // Every few MiB of work.
    Task<> pause() const { return pause_(); }
    // Counts `more` bytes of pages. False: that would be too much.
    bool take_memory(uint64_t more) noexcept;
    void give_memory(uint64_t less) noexcept { used_ -= less; }

  private:
    friend class MappedFile;
    friend struct Mapping;
    Result<MappedFileRef> enter(const vfs::OpenFile& file);
    std::unordered_map<std::string, MappedFile*> files_;  // by identity
    std::unordered_map<uint64_t, Mapping*> mappings_;
    uint64_t used_ = 0, most_;
    std::function<Task<>()> pause_;
};

}  // namespace strait::preload
