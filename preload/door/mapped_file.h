// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The pages of one file that programs have mapped: a memfd that all of them map, kept the same as
// the file. What programs store is found by comparing pages with what they were (page_hash.h), so
// it survives the death of who stored it; nothing here maps the memfd, so nobody can make us fault.
//
// The methods that wait are called with `mutex` held, one at a time.

#include <memory>
#include <string>
#include <vector>

#include "base/sync.h"
#include "preload/door/page_hash.h"
#include "preload/door/token_table.h"
#include "reactor/descriptor.h"

namespace strait::preload {

class MappedFiles;
class MappedFile;

// One mmap call of a program, held by it and by the children that inherited it. Given up with
// MappedFiles::give_up.
struct Mapping final : RefCounted {
    Mapping(MappedFiles& owner, uint64_t number, Ref<MappedFile> mapped, TokenRef opened);
    ~Mapping() override;
    MappedFiles* table;
    const uint64_t id;
    const Ref<MappedFile> file;
    const TokenRef token;
    bool writable = false;  // a program may store into it
};
using MappingRef = Ref<Mapping>;
using Mappings = std::unordered_map<uint64_t, MappingRef>;

class MappedFile final : public RefCounted {
  public:
    MappedFile(MappedFiles& owner, std::string identity, Descriptor memfd);
    ~MappedFile() override;

    int memfd() const noexcept { return memfd_.get(); }
    // Some program may store into it: the file and the memfd may differ.
    bool has_writers() const noexcept { return !writers_.empty(); }
    Mutex mutex;

    // [offset, offset + length) is in the memfd, as far as the file goes and as it is now.
    Task<> fill(vfs::OpenFile& file, uint64_t offset, uint64_t length);
    void add_writer(Mapping& mapping);
    void remove_writer(Mapping& mapping);
    // Writes what programs stored there to the file. The first error leaves at the end; what it
    // concerns stays to be written.
    Task<> write_back(uint64_t offset, uint64_t length);

    // The file has these bytes at `offset` since now.
    void wrote(vfs::OpenFile& file, uint64_t offset, const BufferChain& data);
    // The file has this size since now.
    void resized(vfs::OpenFile& file, uint64_t size);
    // The file changed there in ways that must be read.
    Task<> refresh(vfs::OpenFile& file, uint64_t offset, uint64_t length);

  private:
    static constexpr uint64_t chunk_bytes = 1u << 20;  // filled as a whole

    bool filled(uint64_t offset) const;
    uint64_t end_of_chunk(uint64_t offset) const;
    void set_size(uint64_t size);
    Result<> put(uint64_t offset, Bytes data);
    Result<> put_changes(uint64_t offset, Bytes fresh, Bytes held);
    Result<Buffer> get(uint64_t offset, size_t count) const;
    void hash_chunk(uint64_t offset);
    void note(const vfs::OpenFile& file);
    Task<> meet(vfs::OpenFile& file);
    Task<> fill_chunk(vfs::OpenFile& file, uint64_t offset);
    Task<> refresh_chunk(vfs::OpenFile& file, uint64_t offset);
    Task<> write_back_piece(uint64_t offset, size_t count);
    Task<> send(uint64_t offset, Buffer data);

    MappedFiles& table_;
    const std::string identity_;
    const Descriptor memfd_;
    uint64_t size_ = 0;
    uint64_t memory_ = 0;      // counted at the table
    uint64_t mapped_end_ = 0;  // no mapping goes beyond
    bool met_ = false;
    uint64_t version_ = 0;         // of the file's data, when they were last the same
    std::vector<bool> filled_;     // by chunk
    std::vector<PageHash> pages_;  // while there are writers
    std::vector<Mapping*> writers_;
};
using MappedFileRef = Ref<MappedFile>;

}  // namespace strait::preload
