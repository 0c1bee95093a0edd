// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/data_ends.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "reactor/descriptor.h"

namespace strait::tool {

namespace {

class RemoteSource final : public DataSource {
  public:
    explicit RemoteSource(vfs::OpenFileRef file) : file_(std::move(file)) {}
    Task<BufferChain> read(uint64_t offset, size_t count) override {
        return file_->read_at(offset, count);
    }
    Task<std::optional<Extent>> next_data(uint64_t offset) override;
    Task<> close() override { return file_->close(); }
    vfs::OpenFile* remote() override { return file_.get(); }

  private:
    vfs::OpenFileRef file_;
};

Task<std::optional<Extent>> RemoteSource::next_data(uint64_t offset) {
    auto begin = co_await file_->seek(static_cast<int64_t>(offset), vfs::Whence::data).result();
    if (!begin && begin.error() == Errc::nxio) co_return std::optional<Extent>();
    if (!begin) co_return begin.error();
    uint64_t end = co_await file_->seek(static_cast<int64_t>(*begin), vfs::Whence::hole);
    co_return std::optional<Extent>(Extent{*begin, end});
}

class RemoteTarget final : public DataTarget {
  public:
    explicit RemoteTarget(vfs::OpenFileRef file) : file_(std::move(file)) {}
    Task<> write(uint64_t offset, BufferChain data) override {
        size_t done = co_await file_->write_at(offset, std::move(data));
        (void)done;
    }
    Task<> set_size(uint64_t size) override {
        vfs::SetAttributes set;
        set.size = size;
        co_await file_->setattr(set);
    }
    Task<> close() override { return file_->close(); }
    vfs::OpenFile* remote() override { return file_.get(); }

  private:
    vfs::OpenFileRef file_;
};

class LocalSource final : public DataSource {
  public:
    LocalSource(Reactor& reactor, Descriptor file) : reactor_(reactor), file_(std::move(file)) {}
    Task<BufferChain> read(uint64_t offset, size_t count) override;
    Task<std::optional<Extent>> next_data(uint64_t offset) override;
    Task<> close() override {
        file_.close();
        co_return;
    }

  private:
    Reactor& reactor_;
    Descriptor file_;
};

Task<BufferChain> LocalSource::read(uint64_t offset, size_t count) {
    Buffer buffer = Buffer::allocate(count);
    size_t got = 0;
    while (got < count) {
        iovec into{buffer.data() + got, count - got};
        size_t some = co_await reactor_.read_file(file_.get(), offset + got, {&into, 1});
        if (some == 0) break;
        got += some;
    }
    buffer.trim_to(got);
    co_return BufferChain(std::move(buffer));
}

Task<std::optional<Extent>> LocalSource::next_data(uint64_t offset) {
    off_t begin = lseek(file_.get(), static_cast<off_t>(offset), SEEK_DATA);
    if (begin < 0 && errno == ENXIO) co_return std::optional<Extent>();
    if (begin < 0) co_return fail_errno(errno).error();
    off_t end = lseek(file_.get(), begin, SEEK_HOLE);
    if (end < 0) co_return fail_errno(errno).error();
    co_return std::optional<Extent>(
        Extent{static_cast<uint64_t>(begin), static_cast<uint64_t>(end)});
}

class LocalTarget final : public DataTarget {
  public:
    LocalTarget(Reactor& reactor, Descriptor file) : reactor_(reactor), file_(std::move(file)) {}
    Task<> write(uint64_t offset, BufferChain data) override;
    Task<> set_size(uint64_t size) override {
        if (ftruncate(file_.get(), static_cast<off_t>(size)) != 0)
            co_await fail_errno(errno).error();
    }
    Task<> close() override {
        int fd = file_.detach();
        if (::close(fd) != 0 && errno != EINTR) co_await fail_errno(errno).error();
    }

  private:
    Reactor& reactor_;
    Descriptor file_;
};

Task<> LocalTarget::write(uint64_t offset, BufferChain data) {
    while (!data.empty()) {
        std::vector<iovec> from;
        for (const Buffer& part : data.parts()) from.push_back({part.data(), part.size()});
        if (from.size() > 256) from.resize(256);
        size_t done = co_await reactor_.write_file(file_.get(), offset, from);
        offset += done;
        data = data.slice(done, data.size() - done);
    }
}

class StandardInput final : public DataSource {
  public:
    explicit StandardInput(Reactor& reactor) : reactor_(reactor) {}
    Task<BufferChain> read(uint64_t offset, size_t count) override;
    Task<std::optional<Extent>> next_data(uint64_t) override { co_return Errc::spipe; }
    Task<> close() override { co_return; }

  private:
    Reactor& reactor_;
};

Task<BufferChain> StandardInput::read(uint64_t, size_t count) {
    Buffer buffer = Buffer::allocate(count);
    size_t got = 0;
    while (got < count) {
        // Waits in the loop, not in read(2): a stop ends it.
        auto ready = co_await reactor_.poll_fd(STDIN_FILENO, POLLIN).result();
        if (!ready && ready.error() != Errc::perm) co_return ready.error();
        ssize_t some = ::read(STDIN_FILENO, buffer.data() + got, count - got);
        if (some < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (some < 0) co_return fail_errno(errno).error();
        if (some == 0) break;
        got += static_cast<size_t>(some);
    }
    buffer.trim_to(got);
    co_return BufferChain(std::move(buffer));
}

class StandardOutput final : public DataTarget {
  public:
    StandardOutput(Reactor& reactor, Output& out) : reactor_(reactor), out_(out) {}
    Task<> write(uint64_t, BufferChain data) override {
        return out_.write(reactor_, std::move(data));
    }
    Task<> set_size(uint64_t) override { co_return; }
    Task<> close() override { co_return; }

  private:
    Reactor& reactor_;
    Output& out_;
};

}  // namespace

Task<std::unique_ptr<DataSource>> open_source(Reactor& reactor, const Place& place) {
    std::unique_ptr<DataSource> made;
    if (place.local()) {
        Descriptor file(::open(place.path.c_str(), O_RDONLY | O_CLOEXEC));
        if (!file) co_return fail_errno(errno).error();
        posix_fadvise(file.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
        made = std::make_unique<LocalSource>(reactor, std::move(file));
        co_return made;
    }
    vfs::OpenFileRef file = co_await place.files->open(place.at(), {});
    made = std::make_unique<RemoteSource>(std::move(file));
    co_return made;
}

Task<std::unique_ptr<DataTarget>> open_target(Reactor& reactor, const Place& place, uint32_t mode,
                                              bool existing) {
    std::unique_ptr<DataTarget> made;
    if (place.local()) {
        int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY | (existing ? 0 : O_CREAT | O_EXCL);
        Descriptor file(::open(place.path.c_str(), flags, mode));
        if (!file) co_return fail_errno(errno).error();
        made = std::make_unique<LocalTarget>(reactor, std::move(file));
        co_return made;
    }
    vfs::OpenFlags flags{.access = vfs::OpenAccess::write,
                         .create = !existing,
                         .exclusive = !existing,
                         .mode = mode};
    vfs::OpenFileRef file = co_await place.files->open(place.at(), flags);
    made = std::make_unique<RemoteTarget>(std::move(file));
    co_return made;
}

std::unique_ptr<DataSource> standard_input(Reactor& reactor) {
    return std::make_unique<StandardInput>(reactor);
}
std::unique_ptr<DataTarget> standard_output(Reactor& reactor, Output& out) {
    return std::make_unique<StandardOutput>(reactor, out);
}

}  // namespace strait::tool
