// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Standard output, buffered. Its reader may go away: then the rest is dropped and the program ends
// as others do, by SIGPIPE (job.cc).

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/buffer.h"
#include "base/result.h"
#include "reactor/reactor.h"

namespace strait::tool {

class Output {
  public:
    explicit Output(int fd) : fd_(fd) {}

    void text(std::string_view more) {
        pending_ += more;
        if (pending_.size() >= flush_bytes) flush();
    }
    template <class... Args>
    void print(fmt::format_string<Args...> format, Args&&... args) {
        fmt::format_to(std::back_inserter(pending_), format, std::forward<Args>(args)...);
        if (pending_.size() >= flush_bytes) flush();
    }
    void flush();
    // Writes on a helper thread, so that the loop goes on while the reader is slow. The bytes do
    // not pass through the buffer. Errc::closed: the reader is gone.
    Task<> write(Reactor& reactor, BufferChain data);

    bool terminal() const;
    unsigned columns() const;  // of the terminal; 80 when it does not say
    Error error() const { return error_; }
    bool reader_gone() const { return error_ == Errc::closed; }

  private:
    static constexpr size_t flush_bytes = 1u << 16;
    Result<> write_all(Bytes bytes);

    int fd_;
    std::string pending_;
    Error error_{Errc::ok};
};

}  // namespace strait::tool
