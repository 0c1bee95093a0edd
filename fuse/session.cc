// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/session.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fuse.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "base/log.h"
#include "fuse/bridge.h"
#include "reactor/descriptor.h"

namespace strait::fuse {

namespace {

// What one request may carry, and its head.
constexpr size_t receive_bytes = (1u << 20) + 4096;
// Less than this is copied out of the receive buffer instead of keeping all of that alive.
constexpr size_t worth_keeping = 64u << 10;
// Requests that are read in one turn of the loop: others want their turn, too.
constexpr int most_at_once = 64;

// libfuse says what is wrong to its log only: here it becomes part of our complaint.
std::string* said = nullptr;

void listen(fuse_log_level, const char* format, va_list arguments) {
    char line[512];
    int length = std::vsnprintf(line, sizeof(line), format, arguments);
    if (length <= 0) return;
    std::string_view text(line, std::min<size_t>(static_cast<size_t>(length), sizeof(line) - 1));
    if (!said) return log_debug("libfuse: {}", text);
    said->append(text);
}

}  // namespace

Session::Session() = default;

Session::~Session() {
    if (!session_) return;
    if (mounted_) fuse_session_unmount(session_);
    fuse_session_destroy(session_);
}

Result<> Session::mount(const MountRequest& request, const fuse_lowlevel_ops& operations,
                        Bridge* bridge, std::string& complaint) {
    fuse_args arguments = FUSE_ARGS_INIT(0, nullptr);
    fuse_opt_add_arg(&arguments, "strait");
    for (const std::string& option : request.options) {
        fuse_opt_add_arg(&arguments, "-o");
        fuse_opt_add_arg(&arguments, option.c_str());
    }
    fuse_set_log_func(listen);
    said = &complaint;
    session_ = fuse_session_new(&arguments, &operations, sizeof(operations), bridge);
    fuse_opt_free_args(&arguments);
    std::string where = request.directory;
    if (request.descriptor >= 0) where = fmt::format("/dev/fd/{}", request.descriptor);
    int mounted = session_ ? fuse_session_mount(session_, where.c_str()) : -1;
    said = nullptr;
    if (mounted != 0) return fail(Errc::io);
    mounted_ = true;
    int fd = fuse_session_fd(session_);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    fuse_custom_io io{};
    io.writev = send;
    io.read = [](int device, void* to, size_t size, void*) { return ::read(device, to, size); };
    return fuse_session_custom_io(session_, &io, fd) == 0 ? Result<>() : fail(Errc::io);
}

Result<Descriptor> Session::hand_over() {
    Descriptor device(fcntl(fuse_session_fd(session_), F_DUPFD_CLOEXEC, 0));
    if (!device) return fail_errno(errno);
    // libfuse frees the place's name only when it unmounts, and does that only to what lives: this
    // looks like the device of a mount that has ended.
    int ends[2];
    const int fd = fuse_session_fd(session_);
    if (pipe2(ends, O_CLOEXEC) != 0) return fail_errno(errno);
    ::close(ends[0]);
    dup3(ends[1], fd, O_CLOEXEC);
    ::close(ends[1]);
    fuse_session_unmount(session_);
    ::close(fd);
    fuse_session_destroy(std::exchange(session_, nullptr));
    return device;
}

void Session::greet() {
    answering_first_ = true;
    if (on_greeting) on_greeting();
}

ssize_t Session::send(int fd, iovec* parts, int count, void* user) {
    Session& self = static_cast<Bridge*>(user)->session();
    if (self.answering_first_.load(std::memory_order_relaxed) &&
        self.answering_first_.exchange(false))
        self.complete_agreement(parts, count);
    return writev(fd, parts, count);
}

// What libfuse 3.14 has no word for, or forgets to pass on: that names of one directory are looked
// up side by side, and that the server takes set-id bits away from a file that is written, so that
// the kernel needs not ask for security.capability at each write.
void Session::complete_agreement(const iovec* parts, int count) {
    if (count < 2 || parts[1].iov_len < sizeof(fuse_init_out)) return;
    auto* out = static_cast<fuse_init_out*>(parts[1].iov_base);
    out->flags |=
        offered_ & (FUSE_PARALLEL_DIROPS | FUSE_HANDLE_KILLPRIV | FUSE_HANDLE_KILLPRIV_V2);
}

Task<> Session::serve(Reactor& reactor) {
    const int fd = fuse_session_fd(session_);
    for (;;) {
        short events = co_await reactor.poll_fd(fd, POLLIN);
        if ((events & POLLIN) == 0) co_return;  // aborted, or unmounted
        for (int i = 0; i < most_at_once; i++) {
            Took took = take_one();
            if (took == Took::end) co_return;
            if (took == Took::none) break;
        }
    }
}

Session::Took Session::take_one() {
    if (kept_ || buffer_.empty()) buffer_ = Buffer::allocate(receive_bytes);
    kept_ = false;
    ssize_t got = read(fuse_session_fd(session_), buffer_.data(), buffer_.size());
    if (got < 0) {
        // ENOENT: the caller went away just now.
        if (errno == ENOENT || errno == EINTR) return Took::one;
        return errno == EAGAIN ? Took::none : Took::end;
    }
    constexpr size_t head = sizeof(fuse_in_header);
    if (offered_ == 0 && static_cast<size_t>(got) >= head + sizeof(fuse_init_in)) {
        auto* first = reinterpret_cast<const fuse_init_in*>(buffer_.data() + head);
        offered_ = first->flags;
    }
    fuse_buf request{};
    request.size = static_cast<size_t>(got);
    request.mem = buffer_.data();
    fuse_session_process_buf(session_, &request);
    return fuse_session_exited(session_) ? Took::end : Took::one;
}

Buffer Session::keep(const char* data, size_t size) {
    Bytes bytes = as_bytes({data, size});
    auto* begin = const_cast<std::byte*>(bytes.data());
    bool inside = begin >= buffer_.data() && begin + size <= buffer_.data() + buffer_.size();
    if (!inside || size < worth_keeping) return Buffer::copy_of(bytes);
    kept_ = true;
    return buffer_.slice(static_cast<size_t>(begin - buffer_.data()), size);
}

}  // namespace strait::fuse
