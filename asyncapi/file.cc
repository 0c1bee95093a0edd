// SPDX-License-Identifier: LGPL-2.1-or-later
#include "asyncapi/file.h"

#include "asyncapi/context_impl.h"
#include "asyncapi/convert.h"

namespace strait {

namespace {

using ObjectRef = std::shared_ptr<detail::OpenObject>;
constexpr uint32_t listing_bytes = 1u << 16;

// Lock owners are open files: what tells them apart is where they are.
uint64_t lock_owner(const ObjectRef& object) {
    return reinterpret_cast<uint64_t>(object->file.get());
}

template <class T>
Async<T> run(const char* verb, const ObjectRef& object, Task<T> task) {
    auto story = std::make_shared<asyncapi::Story>(
        asyncapi::Story{std::string(verb) + " " + object->place, ""});
    return asyncapi::run_on(object->engine->reactor(), std::move(story), std::move(task));
}

Task<Data> read(ObjectRef object, std::optional<uint64_t> offset, size_t count) {
    vfs::OpenFile& file = *object->file;
    BufferChain got = co_await (offset ? file.read_at(*offset, count) : file.read(count));
    co_return asyncapi::public_data(std::move(got));
}

Task<size_t> read_into(ObjectRef object, uint64_t offset, std::span<std::byte> into) {
    BufferChain got = co_await object->file->read_at(offset, into.size());
    co_return got.copy_to(into);
}

Task<size_t> write(ObjectRef object, std::optional<uint64_t> offset, BufferChain data) {
    vfs::OpenFile& file = *object->file;
    co_return co_await (offset ? file.write_at(*offset, std::move(data))
                               : file.write(std::move(data)));
}

Task<uint64_t> seek(ObjectRef object, uint64_t offset) {
    if (offset > static_cast<uint64_t>(INT64_MAX)) co_return Errc::inval;
    co_return co_await object->file->seek(static_cast<int64_t>(offset), vfs::Whence::set);
}

Task<Stat> stat(ObjectRef object) {
    vfs::Attributes got = co_await object->file->stat();
    co_return asyncapi::public_stat(got);
}

Task<> change(ObjectRef object, vfs::SetAttributes wanted) {
    co_await object->file->setattr(wanted);
}

Task<> sync(ObjectRef object) { co_await object->file->fsync(false); }

Task<> lock(ObjectRef object, bool exclusive, uint64_t offset, uint64_t length, bool wait) {
    auto kind = exclusive ? vfs::LockKind::write : vfs::LockKind::read;
    if (length == 0) length = vfs::lock_to_end;
    co_await object->file->lock(kind, offset, length, lock_owner(object), wait);
}

Task<> unlock(ObjectRef object, uint64_t offset, uint64_t length) {
    if (length == 0) length = vfs::lock_to_end;
    co_await object->file->unlock(offset, length, lock_owner(object));
}

Task<> close(ObjectRef object) { co_await object->file->close(); }

Task<std::vector<Entry>> next(ObjectRef object) {
    vfs::ReadDir::Result storage;
    auto got = co_await object->file->list(object->cookie, listing_bytes, storage);
    std::vector<Entry> entries;
    entries.reserve(got.size());
    for (auto& each : got) {
        Entry entry{std::string(each.name), each.cookie, std::nullopt};
        if (!each.attributes.valid.empty()) entry.stat = asyncapi::public_stat(each.attributes);
        entries.push_back(std::move(entry));
    }
    if (!got.empty()) object->cookie = got.back().cookie;
    co_return entries;
}

}  // namespace

Async<Data> File::read(size_t count) {
    return run("read", object_, strait::read(object_, std::nullopt, count));
}
Async<Data> File::read_at(uint64_t offset, size_t count) {
    return run("read", object_, strait::read(object_, offset, count));
}
Async<size_t> File::read_into(uint64_t offset, std::span<std::byte> into) {
    return run("read", object_, strait::read_into(object_, offset, into));
}
Async<size_t> File::write(std::span<const std::byte> bytes) {
    BufferChain data(Buffer::copy_of(bytes));
    return run("write", object_, strait::write(object_, std::nullopt, std::move(data)));
}
Async<size_t> File::write_at(uint64_t offset, std::span<const std::byte> bytes) {
    BufferChain data(Buffer::copy_of(bytes));
    return run("write", object_, strait::write(object_, offset, std::move(data)));
}
Async<uint64_t> File::seek_to(uint64_t offset) {
    return run("seek", object_, strait::seek(object_, offset));
}
Async<Stat> File::stat() { return run("stat", object_, strait::stat(object_)); }
Async<void> File::change(const Changes& changes) {
    return run("change", object_, strait::change(object_, asyncapi::set_attributes(changes)));
}
Async<void> File::sync() { return run("sync", object_, strait::sync(object_)); }
Async<void> File::lock(bool exclusive, uint64_t offset, uint64_t length, bool wait) {
    return run("lock", object_, strait::lock(object_, exclusive, offset, length, wait));
}
Async<void> File::unlock(uint64_t offset, uint64_t length) {
    return run("unlock", object_, strait::unlock(object_, offset, length));
}
Async<void> File::close() { return run("close", object_, strait::close(object_)); }

Async<std::vector<Entry>> Directory::next() { return run("list", object_, strait::next(object_)); }
// Cookies 1 and 2 are the dots, which are not shown here.
void Directory::seek(uint64_t cookie) { object_->cookie = cookie == 0 ? 2 : cookie; }
Async<void> Directory::close() { return run("close", object_, strait::close(object_)); }

}  // namespace strait
