// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/bridge.h"

#include "base/log.h"
#include "fuse/listing.h"
#include "fuse/lock_table.h"
#include "fuse/operations.h"
#include "fuse/stat.h"

namespace strait::fuse {

namespace {
// How long the CLOSE of a released file waits for others to travel with.
constexpr Duration close_patience = 2ms;
}  // namespace

Task<std::unique_ptr<Bridge>> Bridge::create(Reactor& reactor,
                                             std::unique_ptr<vfs::Backend> backend,
                                             vfs::CredentialRef own, BridgeOptions options) {
    vfs::FileSystemOptions files;
    Reactor* loop = &reactor;
    files.sleep = [loop](Duration duration) { return loop->sleep_for(duration); };
    files.close_patience = close_patience;
    auto mount = make_ref<vfs::Mount>(std::string(), std::move(backend), options.policy,
                                      std::move(own), files);
    auto asked = mount->hold().now();
    vfs::Compound program = mount->program();
    program.root().get_handle().getattr(vfs::stat_mask);
    auto reply = co_await mount->run_all(program).result();
    if (!reply) {
        auto closed = co_await mount->close().result();
        (void)closed;
        co_return reply.error();
    }
    const vfs::Handle root = reply->take<vfs::GetHandle>().handle;
    const vfs::Attributes attributes = reply->take<vfs::GetAttr>().attributes;
    mount->hold().learn(root, attributes, asked);
    std::unique_ptr<Bridge> made(new Bridge(reactor, mount, root, std::move(options)));
    co_return made;
}

Bridge::Bridge(Reactor& reactor, vfs::MountRef mount, const vfs::Handle& root,
               BridgeOptions options)
    : reactor_(reactor),
      options_(std::move(options)),
      mount_(std::move(mount)),
      inodes_(root),
      callers_(options_.per_caller, options_.ids),
      watch_(reactor),
      trust_(*mount_, options_.trust),
      notifier_(reactor) {}

Bridge::~Bridge() = default;

Result<> Bridge::mount(const MountRequest& request, std::string& complaint) {
    auto mounted = session_.mount(request, operations(options_), this, complaint);
    if (mounted) notifier_.open(session_.raw());
    return mounted;
}

Task<> Bridge::serve() { co_await session_.serve(reactor_); }

Task<> Bridge::close() {
    requests_.stop();
    co_await requests_.close();
    co_await watch_.close();
    co_await end_notifications();
    co_await close_files();
    co_await mount_->close();
}

// What the kernel asks from now on finds requests_ closed: it is refused.
Task<> Bridge::end_notifications() {
    if (!notifier_.running()) co_return;
    refusing_.spawn(session_.serve(reactor_));
    auto ended = co_await notifier_.close().result();
    refusing_.stop();
    co_await refusing_.close();
    co_await ended;
}

Task<> Bridge::close_files() {
    for (Listing* each : listings_) delete each;
    listings_.clear();
    while (!files_.empty()) {
        OpenFileRef file = released(reinterpret_cast<uint64_t>(*files_.begin()));
        auto closed = co_await file->file->close().result();
        if (!closed) log_warn("closing a file: {}", errc_text(closed.error().code));
    }
}

Task<> Bridge::run(std::unique_ptr<Request> request, Task<> work) {
    auto outcome = co_await std::move(work).within(request->scope()).result();
    if (!outcome && !request->answered()) request->fail(outcome.error());
}

void Bridge::start(std::unique_ptr<Request> request, Task<> work) {
    requests_.spawn(run(std::move(request), std::move(work)));
}

struct stat Bridge::seen(const vfs::Handle& handle, const vfs::Attributes& attributes) {
    vfs::FileState* state = mount_->find_state(handle);
    if (!state) return to_stat(attributes, options_.ids);
    vfs::Attributes now = attributes;
    state->overlay(now);
    return to_stat(now, options_.ids);
}

fuse_entry_param Bridge::entry(const Inode& directory, std::string_view name,
                               const vfs::Handle& handle, const vfs::Attributes& attributes) {
    InodeRef inode = inodes_.looked_up(handle, attributes.type);
    inodes_.named(directory, name, *inode);
    // A listing may have been asked for before a change of ours: what is known since counts.
    const vfs::Attributes* known = mount_->hold().attributes(handle, vfs::stat_mask);
    const vfs::Attributes& now = known ? *known : attributes;
    inode->told_of = now.change;
    fuse_entry_param out{};
    out.ino = inodes_.number(*inode);
    out.attr = seen(handle, now);
    out.attr_timeout = trust_.attributes(handle);
    out.entry_timeout = trust_.name();
    return out;
}

uint64_t Bridge::opened(OpenFileRef file, fuse_file_info& info, bool was_open) {
    Inode& inode = *file->inode;
    vfs::FileState& state = file->file->state();
    const bool current = was_open
                             ? inode.pages_of != 0 && inode.seen_foreign == state.foreign_changes()
                             : inode.pages_of != 0 && inode.pages_of == state.known_change();
    info.keep_cache = current;
    inode.pages_of = state.known_change();
    inode.seen_foreign = state.foreign_changes();
    OpenFile* held = file.detach();
    files_.insert(held);
    info.fh = reinterpret_cast<uint64_t>(held);
    return info.fh;
}

OpenFileRef Bridge::file(const fuse_file_info* info) const {
    return info ? OpenFileRef(reinterpret_cast<OpenFile*>(info->fh)) : OpenFileRef();  // NOLINT
}

OpenFileRef Bridge::released(uint64_t number) {
    auto* held = reinterpret_cast<OpenFile*>(number);  // NOLINT: made by opened()
    files_.erase(held);
    OpenFileRef file(held);
    held->drop_ref();
    return file;
}

uint64_t Bridge::listing_opened(std::unique_ptr<Listing> listing) {
    listings_.insert(listing.get());
    return reinterpret_cast<uint64_t>(listing.release());
}

Listing& Bridge::listing(uint64_t number) const {
    return *reinterpret_cast<Listing*>(number);  // NOLINT: made by listing_opened()
}

std::unique_ptr<Listing> Bridge::listing_released(uint64_t number) {
    std::unique_ptr<Listing> listing(&this->listing(number));
    listings_.erase(listing.get());
    return listing;
}

Task<> Bridge::drop_outdated_pages(Inode& inode) {
    vfs::FileState* state = mount_->find_state(inode.handle());
    if (!state || inode.seen_foreign == state->foreign_changes()) {
        auto under_way = inode.dropping;
        if (under_way) co_await under_way->wait();
        co_return;
    }
    inode.seen_foreign = state->foreign_changes();
    inode.pages_of = state->known_change();
    auto mine = std::make_shared<Event>();
    inode.dropping = mine;
    InodeRef keep(&inode);
    auto dropped =
        co_await notifier_.drop(inodes_.number(inode), Notifier::What::attributes_and_pages)
            .result();
    mine->set();
    if (inode.dropping == mine) inode.dropping.reset();
    co_await dropped;
}

Task<> Bridge::drop_outdated_attributes(Inode& inode, uint64_t change) {
    if (inode.told_of == change) co_return;
    inode.told_of = change;
    co_await notifier_.drop(inodes_.number(inode), Notifier::What::attributes);
}

void Bridge::learn(const vfs::Handle& handle, const vfs::Attributes& attributes,
                   vfs::Hold::Tick asked) {
    if (vfs::FileState* state = mount_->find_state(handle)) {
        state->learn(attributes, asked);
    } else {
        mount_->hold().learn(handle, attributes, asked);
    }
}

}  // namespace strait::fuse
