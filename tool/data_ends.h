// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A file's data being read or written, on a server or here. Both ends run ahead by themselves: the
// caller copies piece by piece.

#include <memory>

#include "reactor/reactor.h"
#include "tool/output.h"
#include "tool/place.h"

namespace strait::tool {

struct Extent {
    uint64_t begin = 0, end = 0;  // bytes; end is behind the last one
};

class DataSource {
  public:
    virtual ~DataSource() = default;
    // Fewer bytes only at the end; none behind it.
    virtual Task<BufferChain> read(uint64_t offset, size_t count) = 0;
    // The next stretch of data at or behind `offset`; null when only a hole follows.
    virtual Task<std::optional<Extent>> next_data(uint64_t offset) = 0;
    virtual Task<> close() = 0;
    // The open file on a server, or null.
    virtual vfs::OpenFile* remote() { return nullptr; }
};

class DataTarget {
  public:
    virtual ~DataTarget() = default;
    virtual Task<> write(uint64_t offset, BufferChain data) = 0;
    // For a file that ends in a hole.
    virtual Task<> set_size(uint64_t size) = 0;
    // Errors of earlier writes show here. On a server the data is stable then.
    virtual Task<> close() = 0;
    virtual vfs::OpenFile* remote() { return nullptr; }
};

Task<std::unique_ptr<DataSource>> open_source(Reactor& reactor, const Place& place);
// A new file (Errc::exist), or, with `existing`, what is there, as it is: a device, a fifo.
Task<std::unique_ptr<DataTarget>> open_target(Reactor& reactor, const Place& place, uint32_t mode,
                                              bool existing);
// Standard input and output; read and written in order, offsets are not looked at.
std::unique_ptr<DataSource> standard_input(Reactor& reactor);
std::unique_ptr<DataTarget> standard_output(Reactor& reactor, Output& out);

}  // namespace strait::tool
