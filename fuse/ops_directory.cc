// SPDX-License-Identifier: LGPL-2.1-or-later
// Listings: names always come with attributes, for the server sends both in one reply.
#include "fuse/listing.h"
#include "fuse/operations.h"
#include "fuse/stat.h"

namespace strait::fuse {

namespace {

Task<> opendir(Request& request, InodeRef inode, fuse_file_info info) {
    Bridge& bridge = request.bridge();
    auto listing = std::make_unique<Listing>(bridge.mount(), inode, request.as());
    co_await listing->open();
    info.fh = bridge.listing_opened(std::move(listing));
    if (fuse_reply_open(request.answer(), &info) != 0) bridge.listing_released(info.fh);
}

// One reply to the kernel, entry by entry.
class Page {
  public:
    Page(Request& request, Listing& listing, size_t size)
        : request_(request), bridge_(request.bridge()), listing_(listing), bytes_(size) {}

    // False: it does not fit.
    bool add(std::string_view name, const vfs::Attributes& attributes, uint64_t cookie) {
        name_.assign(name);
        fuse_entry_param entry{};
        const bool whole = attributes.has(vfs::Attr::handle) && !is_dot(name);
        if (whole) entry = bridge_.entry(listing_.directory(), name, attributes.handle, attributes);
        if (!whole) entry.attr = to_stat(attributes, bridge_.options().ids);
        size_t needed =
            fuse_add_direntry_plus(request_raw_, bytes_.data() + used_, bytes_.size() - used_,
                                   name_.c_str(), &entry, static_cast<off_t>(cookie));
        if (used_ + needed > bytes_.size()) {
            if (whole) bridge_.inodes().forget(entry.ino, 1);
            return false;
        }
        if (whole) told_.push_back(entry.ino);
        used_ += needed;
        return true;
    }

    void send() {
        if (fuse_reply_buf(request_.answer(), bytes_.data(), used_) == 0) return;
        for (fuse_ino_t each : told_) bridge_.inodes().forget(each, 1);
    }

  private:
    static bool is_dot(std::string_view name) { return name == "." || name == ".."; }

    Request& request_;
    Bridge& bridge_;
    Listing& listing_;
    fuse_req_t request_raw_ = nullptr;  // libfuse asks for one and does not look at it
    std::vector<char> bytes_;
    size_t used_ = 0;
    std::string name_;
    std::vector<fuse_ino_t> told_;
};

bool add_dots(Page& page, const vfs::Attributes& self, uint64_t cookie) {
    if (cookie < Listing::self_cookie && !page.add(".", self, Listing::self_cookie)) return false;
    if (cookie < Listing::parent_cookie && !page.add("..", self, Listing::parent_cookie))
        return false;
    return true;
}

Task<> readdirplus(Request& request, uint64_t number, size_t size, uint64_t cookie) {
    Bridge& bridge = request.bridge();
    Listing& listing = bridge.listing(number);
    auto turn = co_await listing.turn().lock();
    Page page(request, listing, size);
    vfs::Attributes self;
    if (const auto* known = bridge.mount().hold().last_known(listing.directory().handle()))
        self = *known;
    if (add_dots(page, self, cookie)) {
        co_await listing.seek(cookie);
        for (; listing.at(); listing.next()) {
            const vfs::DirEntry& entry = *listing.at();
            if (!page.add(entry.name, entry.attributes, entry.cookie)) break;
        }
    }
    page.send();
}

Task<> fsyncdir(Request& request) {
    // The server answers a change of names when it is stable.
    request.ok();
    co_return;
}

}  // namespace

void do_opendir(fuse_req_t raw, fuse_ino_t number, fuse_file_info* info) {
    start(raw, opendir, bridge_of(raw).inodes().get(number), fuse_file_info(*info));
}

void do_readdirplus(fuse_req_t raw, fuse_ino_t, size_t size, off_t offset, fuse_file_info* info) {
    start(raw, readdirplus, uint64_t{info->fh}, size_t{size}, static_cast<uint64_t>(offset));
}

void do_releasedir(fuse_req_t raw, fuse_ino_t, fuse_file_info* info) {
    bridge_of(raw).listing_released(info->fh);
    fuse_reply_err(raw, 0);
}

void do_fsyncdir(fuse_req_t raw, fuse_ino_t, int, fuse_file_info*) { start(raw, fsyncdir); }

}  // namespace strait::fuse
