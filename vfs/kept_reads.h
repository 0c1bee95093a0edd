// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What reads hold over all files of one mount, in bytes: data that came with opens, and what was
// read ahead. Past what the mount may hold, opens bring no data and nothing is read ahead.

#include <cstdint>
#include <utility>

namespace strait::vfs {

class KeptReads {
  public:
    explicit KeptReads(uint64_t most) : most_(most) {}

    uint64_t bytes() const { return bytes_; }
    bool has_room() const { return bytes_ < most_; }

    // A part of it, as long as this lives; which outlives no KeptReads.
    class Share {
      public:
        Share() = default;
        Share(KeptReads& of, uint64_t bytes) : of_(&of), bytes_(bytes) { of.bytes_ += bytes; }
        Share(Share&& other) noexcept
            : of_(std::exchange(other.of_, nullptr)), bytes_(other.bytes_) {}
        Share& operator=(Share&& other) noexcept {
            Share taken(std::move(other));
            std::swap(of_, taken.of_);
            std::swap(bytes_, taken.bytes_);
            return *this;
        }
        ~Share() {
            if (of_) of_->bytes_ -= bytes_;
        }

      private:
        KeptReads* of_ = nullptr;
        uint64_t bytes_ = 0;
    };

  private:
    const uint64_t most_;
    uint64_t bytes_ = 0;
};

}  // namespace strait::vfs
