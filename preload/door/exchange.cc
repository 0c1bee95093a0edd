// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/door/exchange.h"
#include "vfs/file_mode.h"

#include <linux/futex.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <climits>
#include <cstring>

namespace strait::preload {

namespace {

// Up to `size` bytes of a name that the program may still be changing; never a NUL inside.
std::string copy_name(const char* from, uint32_t size) {
    std::string copy(from, std::min<size_t>(size, shm::path_max - 1));
    if (auto end = copy.find('\0'); end != std::string::npos) copy.resize(end);
    return copy;
}

}  // namespace

Exchange::Exchange(ProcessRef caller, TokenTable& table, MappedFiles& mapped, Changes& all_changes,
                   size_t slot_number)
    : process(std::move(caller)),
      tokens(table),
      maps(mapped),
      changes(all_changes),
      memory(process->memory),
      slot(slot_number) {
    std::memcpy(&request, &memory->ring().slots[slot].request, sizeof(request));
    const shm::Names& names = memory->ring().names[slot];
    path = copy_name(names.path, request.path_bytes);
    path2 = copy_name(names.path2, request.path2_bytes);
}

Result<> Exchange::check() const {
    bool sound = request.path_bytes < shm::path_max && request.path2_bytes < shm::path_max &&
                 request.data_bytes <= shm::window_bytes &&
                 request.op < static_cast<uint16_t>(shm::Op::count_);
    if (!sound) return fail(Errc::inval);
    return {};
}

Result<TokenRef> Exchange::held(uint64_t id) const {
    auto at = process->holds.find(id);
    if (at == process->holds.end()) return fail(Errc::badf);
    return at->second;
}

// A directory that has its name still is found by it.
void Exchange::begin_at_cwd(vfs::At& at, Start& start) const {
    const auto& [name, node] = process->cwd;
    if (!node || node->named() == vfs::Named::as_opened || !at.path.starts_with(name)) return;
    std::string_view rest = at.path.substr(name.size());
    if (!rest.empty() && rest[0] != '/') return;
    if (!rest.empty()) rest.remove_prefix(1);
    start.cwd = node;
    at.directory = node.get();
    at.path = rest;
}

Result<vfs::At> Exchange::place(uint64_t token, const std::string& text, bool follow, bool from_cwd,
                                Start& start) {
    vfs::At at{.path = text, .follow = follow, .leads_out = &leads_out};
    if (token) {
        auto found = held(token);
        if (!found) return fail(found.error());
        start.token = *found;
        at.directory = start.token->file.get();
    } else if (text.empty()) {
        return fail(Errc::noent);
    } else if (from_cwd) {
        begin_at_cwd(at, start);
    }
    return at;
}

Result<vfs::At> Exchange::at() {
    return place(request.token, path, request.flags & shm::flag_follow,
                 request.flags & shm::flag_from_cwd, start_);
}
Result<vfs::At> Exchange::at2() {
    return place(request.token2, path2, request.flags & shm::flag_follow2,
                 request.flags & shm::flag_from_cwd2, start2_);
}

MutableBytes Exchange::window() noexcept {
    return {reinterpret_cast<std::byte*>(memory->ring().windows[slot]), shm::window_bytes};
}

Result<> Exchange::answer(Bytes bytes) noexcept {
    if (bytes.size() > shm::window_bytes) return fail(Errc::range);
    if (!bytes.empty()) std::memcpy(window().data(), bytes.data(), bytes.size());
    reply.data_bytes = static_cast<uint32_t>(bytes.size());
    return {};
}

void Exchange::finish(Error error) noexcept {
    shm::Slot& mine = memory->ring().slots[slot];
    reply.error = to_errno(error.code);
    if (error.code == Errc::xdev && !leads_out.empty() && leads_out.size() < shm::path_max) {
        reply.flags |= shm::reply_redirected;
        reply.data_bytes = static_cast<uint32_t>(leads_out.size());
        std::memcpy(memory->ring().names[slot].path, leads_out.data(), leads_out.size());
    }
    std::memcpy(&mine.reply, &reply, sizeof(reply));
    if (shm::complete(mine))
        syscall(SYS_futex, &mine.state, FUTEX_WAKE, INT_MAX, nullptr, nullptr, 0);
}

CallOff::CallOff(Exchange& exchange, const Scope& around)
    : entry_(exchange.process->waits[exchange.slot]), scope_{around.deadline, &source_} {
    entry_ = &source_;
    if (around.stop && around.stop->stopped()) source_.request_stop(around.stop->reason());
    if (around.stop && !around.stop->stopped()) around.stop->add(*this);
    if (shm::called_off(exchange.memory->ring().slots[exchange.slot]))
        source_.request_stop(Errc::interrupted);
}

CallOff::~CallOff() { entry_ = nullptr; }

void fill(shm::Stat& out, const vfs::Attributes& from) noexcept {
    constexpr uint32_t reserved_major = 4094;  // no driver of the kernel has it
    out = {};
    out.mode = vfs::type_bits(from.type) | from.mode;
    out.nlink = from.nlink;
    out.uid = from.uid;
    out.gid = from.gid;
    out.rdev_major = from.rdev.major;
    out.rdev_minor = from.rdev.minor;
    out.dev_major = reserved_major;
    uint64_t mixed =
        (from.fsid.major * 0x9e3779b97f4a7c15u) ^ (from.fsid.minor * 0xc2b2ae3d27d4eb4fu);
    out.dev_minor = static_cast<uint32_t>((mixed >> 32 ^ mixed) & 0xfffff);
    out.ino = from.fileid;
    out.size = from.size;
    constexpr uint64_t unit = 512;
    uint64_t used = from.has(vfs::Attr::space_used) ? from.space_used : from.size;
    out.blocks = used / unit + (used % unit != 0);
    out.change = from.change;
    out.atime_s = from.atime.seconds;
    out.atime_ns = from.atime.nanoseconds;
    out.mtime_s = from.mtime.seconds;
    out.mtime_ns = from.mtime.nanoseconds;
    out.ctime_s = from.ctime.seconds;
    out.ctime_ns = from.ctime.nanoseconds;
    out.btime_s = from.btime.seconds;
    out.btime_ns = from.btime.nanoseconds;
    out.has_btime = from.has(vfs::Attr::btime);
    out.block_bytes = 128u << 10;
}

void fill(shm::StatFs& out, const vfs::Attributes& from) noexcept {
    out = {};
    out.fsid = from.fsid.major ^ (from.fsid.minor << 1);
    out.total = from.space_total;
    out.free = from.space_free;
    out.available = from.space_available;
    out.files = from.files_total;
    out.files_free = from.files_free;
    out.name_max = from.max_name ? from.max_name : 255;
    out.block_bytes = 4096;
}

}  // namespace strait::preload
