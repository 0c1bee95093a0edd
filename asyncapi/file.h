// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Open files and directories of a Context. Both are handles that may be copied; they end before
// their Context. C++20.

#include "asyncapi/async.h"
#include "asyncapi/types.h"

namespace strait {

namespace detail {
struct OpenObject;
}

class File {
  public:
    explicit File(std::shared_ptr<detail::OpenObject> object) : object_(std::move(object)) {}

    // At the position, which moves. Fewer bytes only at the end of the file.
    Async<Data> read(size_t count);
    Async<Data> read_at(uint64_t offset, size_t count);
    // The same into your own memory (one copy); `into` stays until the operation has ended.
    Async<size_t> read_into(uint64_t offset, std::span<std::byte> into);
    // At the position, or at the end of a file that was opened to append. `bytes` may go when the
    // operation has ended; the data goes to the server later (write-behind): see sync() and
    // close().
    Async<size_t> write(std::span<const std::byte> bytes);
    Async<size_t> write(std::string_view text) { return write(std::as_bytes(std::span(text))); }
    Async<size_t> write_at(uint64_t offset, std::span<const std::byte> bytes);
    Async<uint64_t> seek_to(uint64_t offset);
    Async<Stat> stat();
    Async<void> change(const Changes& changes);
    // All written data is stable on the server, or this is the error that lost it.
    Async<void> sync();
    // Takes a byte-range lock (length 0: to the end), waiting for it when asked; EAGAIN.
    Async<void> lock(bool exclusive, uint64_t offset, uint64_t length, bool wait);
    Async<void> unlock(uint64_t offset, uint64_t length);
    // Writes back and closes; write errors that nobody was told show here.
    Async<void> close();

  private:
    std::shared_ptr<detail::OpenObject> object_;
};

class Directory {
  public:
    explicit Directory(std::shared_ptr<detail::OpenObject> object) : object_(std::move(object)) {}

    // The next entries, with attributes, without "." and ".."; none: the end.
    Async<std::vector<Entry>> next();
    // Goes on after the entry with this cookie; 0: from the beginning.
    void seek(uint64_t cookie);
    Async<void> close();

  private:
    std::shared_ptr<detail::OpenObject> object_;
};

}  // namespace strait
