// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// System calls as Results, and a descriptor that closes itself.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>

#include "base/result.h"
#include "base/time.h"
#include "vfs/attributes.h"

namespace strait::local {

inline Error last_error() {
    int number = errno;
    return Error(from_errno(number), Domain::posix, static_cast<uint32_t>(number));
}

// Of every descriptor that is read or written: nobody's lease is waited for.
inline constexpr int io_flags = O_CLOEXEC | O_NOCTTY | O_NONBLOCK;

class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd) noexcept : fd_(fd) {}
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Fd() {
        if (fd_ >= 0) ::close(fd_);
    }
    int get() const noexcept { return fd_; }
    explicit operator bool() const noexcept { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

// The name under which an O_PATH descriptor's object can be opened, chmod'ed and so on, without
// following it if it is a symlink.
class ProcPath {
  public:
    explicit ProcPath(int fd);
    const char* c_str() const noexcept { return text_; }

  private:
    char text_[32];
};

// An entry of `directory` as an O_PATH descriptor. Never leaves the file system, never follows a
// symlink. `name` is one component.
Result<Fd> open_entry(int directory, const char* name);
// statx of the object behind a descriptor.
Result<struct statx> stat_fd(int fd);
Result<struct statx> stat_entry(int directory, const char* name);
uint64_t device_of(const struct statx& st) noexcept;
Timestamp time_of(const struct statx_timestamp& at) noexcept;
uint64_t change_of(const struct statx& st) noexcept;

}  // namespace strait::local
