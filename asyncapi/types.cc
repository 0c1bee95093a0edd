// SPDX-License-Identifier: LGPL-2.1-or-later
#include "asyncapi/types.h"

#include <algorithm>
#include <cstring>

#include "base/buffer.h"

namespace strait {

Data::Data(std::shared_ptr<const void> keep, std::vector<std::span<const std::byte>> parts)
    : keep_(std::move(keep)), parts_(std::move(parts)) {
    for (auto& part : parts_) size_ += part.size();
}

size_t Data::copy_to(std::span<std::byte> out, size_t offset) const {
    size_t done = 0;
    for (auto part : parts_) {
        if (offset >= part.size()) {
            offset -= part.size();
            continue;
        }
        size_t count = std::min(part.size() - offset, out.size() - done);
        if (count == 0) break;
        std::memcpy(out.data() + done, part.data() + offset, count);
        done += count;
        offset = 0;
    }
    count_copied(done);
    return done;
}

std::string Data::to_string() const {
    std::string made(size_, '\0');
    copy_to(std::as_writable_bytes(std::span(made)));
    return made;
}

}  // namespace strait
