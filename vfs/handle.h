// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A file's handle: opaque bytes, at most 128, that name the same object until it is gone, across
// restart where the backend can.

#include <array>
#include <cstring>
#include <functional>

#include "base/buffer.h"
#include "base/result.h"

namespace strait::vfs {

class Handle {
  public:
    static constexpr size_t max_size = 128;  // NFS4_FHSIZE, RFC 8881 section 3.1

    Handle() = default;
    // Errc::badhandle when longer than max_size.
    static Result<Handle> from(Bytes bytes) {
        if (bytes.size() > max_size) return fail(Errc::badhandle);
        Handle made;
        made.size_ = static_cast<uint8_t>(bytes.size());
        if (!bytes.empty()) std::memcpy(made.bytes_.data(), bytes.data(), bytes.size());
        return made;
    }
    Bytes bytes() const noexcept { return {bytes_.data(), size_}; }
    size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    friend bool operator==(const Handle& a, const Handle& b) noexcept {
        return as_text(a.bytes()) == as_text(b.bytes());
    }
    size_t hash() const noexcept { return std::hash<std::string_view>()(as_text(bytes())); }

  private:
    uint8_t size_ = 0;
    std::array<std::byte, max_size> bytes_;
};

struct HandleHash {
    size_t operator()(const Handle& handle) const noexcept { return handle.hash(); }
};

}  // namespace strait::vfs
