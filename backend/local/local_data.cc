// SPDX-License-Identifier: LGPL-2.1-or-later
// Data: read, write, commit, holes, space, copies.
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

#include <array>

#include "backend/local/local_store.h"
#include "reactor/reactor.h"

namespace strait::local {

using namespace vfs;

namespace {

constexpr size_t vectors_at_once = 64;

// Reads what the page cache has; the rest waits on the reactor, or here when this thread has none.
Task<size_t> read_some(int fd, uint64_t offset, MutableBytes into) {
    iovec vector{into.data(), into.size()};
    ssize_t got = ::preadv2(fd, &vector, 1, static_cast<off_t>(offset), RWF_NOWAIT);
    if (got > 0) co_return static_cast<size_t>(got);
    if (got < 0 && errno != EAGAIN && errno != EOPNOTSUPP) co_return last_error();
    Reactor* reactor = Reactor::current();
    if (got < 0 && errno == EAGAIN && reactor)
        co_return co_await reactor->read_file(fd, offset, {&vector, 1});
    got = ::preadv(fd, &vector, 1, static_cast<off_t>(offset));
    if (got < 0) co_return last_error();
    co_return static_cast<size_t>(got);
}

Result<size_t> write_some(int fd, uint64_t offset, const BufferChain& data) {
    std::array<iovec, vectors_at_once> vectors;
    size_t count = 0;
    for (auto& part : data.parts()) {
        if (count == vectors.size()) break;
        vectors[count++] = {part.data(), part.size()};
    }
    ssize_t done =
        ::pwritev(fd, vectors.data(), static_cast<int>(count), static_cast<off_t>(offset));
    if (done < 0) return fail(last_error());
    return static_cast<size_t>(done);
}

}  // namespace

// What waits for a disk waits on the reactor, which hands it to another thread.
Task<> LocalStore::sync_file(int fd, bool data_only) const {
    Reactor* reactor = in_memory_ ? nullptr : Reactor::current();
    if (reactor) co_return co_await reactor->fsync(fd, data_only);
    if ((data_only ? ::fdatasync(fd) : ::fsync(fd)) < 0) co_await last_error();
}

Task<Read::Result> LocalStore::read(Node& node, uint64_t offset, uint32_t count) {
    const LocalNode::Io io = co_await local(node).io(false);
    Read::Result out;
    if (count == 0) {
        struct statx st = co_await stat_fd(local(node).path_fd());
        out.eof = offset >= st.stx_size;
        co_return out;
    }
    Buffer whole = Buffer::allocate(count);
    size_t done = 0;
    while (done < count) {
        size_t got = co_await read_some(io.get(), offset + done, whole.writable().subspan(done));
        if (got == 0) break;
        done += got;
    }
    count_copied(done);
    out.eof = done < count;
    if (!out.eof) {
        struct statx st = co_await stat_fd(local(node).path_fd());
        out.eof = offset + done >= st.stx_size;
    }
    whole.trim_to(done);
    out.data = BufferChain(std::move(whole));
    co_return out;
}

Task<Write::Result> LocalStore::write(Node& node, uint64_t offset, const BufferChain& data,
                                      Stability stability) {
    const LocalNode::Io io = co_await local(node).io(true);
    size_t done = 0;
    while (done < data.size()) {
        auto wrote = write_some(io.get(), offset + done, data.slice(done, data.size() - done));
        if (!wrote && done == 0) co_return wrote.error();
        if (!wrote || *wrote == 0)
            break;  // the caller learns how far it came, and the error when it goes on
        done += *wrote;
    }
    count_copied(done);
    if (stability != Stability::unstable)
        co_await sync_file(io.get(), stability == Stability::data_sync);
    co_return Write::Result{static_cast<uint32_t>(done), stability, verifier_};
}

Task<Commit::Result> LocalStore::commit(Node& node, uint64_t, uint64_t) {
    if (node.is_directory()) {
        Fd directory(::openat(local(node).path_fd(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (!directory) co_return last_error();
        co_await sync_file(directory.get(), false);
    } else {
        const LocalNode::Io io = co_await local(node).io(false);
        co_await sync_file(io.get(), false);
    }
    co_return Commit::Result{verifier_};
}

Task<Seek::Result> LocalStore::seek(Node& node, bool hole, uint64_t offset) {
    const LocalNode::Io io = co_await local(node).io(false);
    struct statx st = co_await stat_fd(local(node).path_fd());
    if (offset >= st.stx_size) co_return Errc::nxio;
    off_t found = ::lseek(io.get(), static_cast<off_t>(offset), hole ? SEEK_HOLE : SEEK_DATA);
    if (found < 0 && errno == ENXIO) co_return Seek::Result{st.stx_size, true};
    if (found < 0) co_return last_error();
    co_return Seek::Result{static_cast<uint64_t>(found),
                           static_cast<uint64_t>(found) >= st.stx_size};
}

Task<> LocalStore::allocate(Node& node, uint64_t offset, uint64_t length) {
    const LocalNode::Io io = co_await local(node).io(true);
    if (::fallocate(io.get(), 0, static_cast<off_t>(offset), static_cast<off_t>(length)) < 0)
        co_await last_error();
}

Task<> LocalStore::deallocate(Node& node, uint64_t offset, uint64_t length) {
    const LocalNode::Io io = co_await local(node).io(true);
    int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    if (::fallocate(io.get(), mode, static_cast<off_t>(offset), static_cast<off_t>(length)) < 0)
        co_await last_error();
}

Task<Copy::Result> LocalStore::copy(Node& from, uint64_t from_offset, Node& to, uint64_t to_offset,
                                    uint64_t length) {
    const LocalNode::Io source = co_await local(from).io(false);
    const LocalNode::Io target = co_await local(to).io(true);
    struct statx st = co_await stat_fd(local(from).path_fd());
    if (length == 0) length = st.stx_size > from_offset ? st.stx_size - from_offset : 0;
    constexpr uint64_t most_at_once = 64u << 20;  // a step must not hold its core for long
    length = std::min(length, most_at_once);
    uint64_t done = 0;
    while (done < length) {
        off_t in = static_cast<off_t>(from_offset + done);
        off_t out = static_cast<off_t>(to_offset + done);
        ssize_t got = ::copy_file_range(source.get(), &in, target.get(), &out, length - done, 0);
        if (got < 0 && done == 0) co_return last_error();
        if (got <= 0) break;
        done += static_cast<uint64_t>(got);
    }
    co_return Copy::Result{done, Stability::unstable, verifier_};
}

Task<> LocalStore::clone(Node& from, uint64_t from_offset, Node& to, uint64_t to_offset,
                         uint64_t length) {
    const LocalNode::Io source = co_await local(from).io(false);
    const LocalNode::Io target = co_await local(to).io(true);
    file_clone_range range{source.get(), from_offset, length, to_offset};
    if (::ioctl(target.get(), FICLONERANGE, &range) < 0)
        co_await (errno == EXDEV || errno == ENOTTY ? Error(Errc::notsup) : last_error());
}

}  // namespace strait::local
