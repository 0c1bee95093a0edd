// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/output.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace strait::tool {

Result<> Output::write_all(Bytes bytes) {
    while (!bytes.empty()) {
        ssize_t done = ::write(fd_, bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return fail_errno(errno);
        bytes = bytes.subspan(static_cast<size_t>(done));
    }
    return {};
}

void Output::flush() {
    if (error_.code == Errc::ok)
        if (auto written = write_all(as_bytes(pending_)); !written) error_ = written.error();
    pending_.clear();
}

Task<> Output::write(Reactor& reactor, BufferChain data) {
    flush();
    if (error_.code != Errc::ok) co_await error_;
    Result<> outcome;
    co_await reactor.run_blocking([this, &data, &outcome] {
        for (const Buffer& part : data.parts()) {
            outcome = write_all(part.bytes());
            if (!outcome) return;
        }
    });
    if (!outcome) error_ = outcome.error();
    co_await outcome;
}

bool Output::terminal() const { return isatty(fd_) == 1; }

unsigned Output::columns() const {
    winsize size{};
    return ioctl(fd_, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

}  // namespace strait::tool
