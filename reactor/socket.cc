// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reactor/socket.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>

#include "reactor/socket_error.h"

namespace strait::reactor {

namespace {

// The unsent rest of a chain, as vectors for sendmsg.
class Gathered {
  public:
    explicit Gathered(const BufferChain& data) : parts_(data.parts()), left_(data.size()) {}
    size_t left() const noexcept { return left_; }
    size_t fill(std::span<iovec> out) const {
        size_t count = 0;
        size_t skip = offset_;
        for (size_t i = part_; i < parts_.size() && count < out.size(); i++) {
            out[count++] = {parts_[i].data() + skip, parts_[i].size() - skip};
            skip = 0;
        }
        return count;
    }
    void advance(size_t sent) {
        left_ -= sent;
        offset_ += sent;
        while (part_ < parts_.size() && offset_ >= parts_[part_].size())
            offset_ -= parts_[part_++].size();
    }

  private:
    std::span<const Buffer> parts_;
    size_t part_ = 0;
    size_t offset_ = 0;  // within parts_[part_]
    size_t left_;
};

Result<size_t> send_some(int fd, const Gathered& rest) {
    std::array<iovec, 64> vectors;
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = rest.fill(vectors);
    ssize_t sent = ::sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) return static_cast<size_t>(sent);
    if (errno == EAGAIN || errno == EINTR) return 0;
    return fail_socket(errno);
}

}  // namespace

Result<size_t> Socket::send_now(const BufferChain& data) {
    if (!fd_) return fail(Errc::closed);
    return send_some(fd(), Gathered(data));
}

Task<> Socket::send(BufferChain data) {
    Ref<Socket> alive(this);
    Gathered rest(data);
    while (rest.left() > 0) {
        if (!fd_) co_await Errc::closed;
        size_t sent = co_await send_some(fd(), rest);
        rest.advance(sent);
        if (sent == 0) co_await wait_writable();
    }
}

}  // namespace strait::reactor
