// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/agent_mounts.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/memory/memory.h"
#include "base/log.h"
#include "client/nfs4/mount.h"
#include "client/options.h"
#include "client/policy.h"
#include "client/url.h"
#include "wire/shm/agent_name.h"

namespace strait::tool {

namespace {

// A backend that several file systems use, and none of them ends.
class SharedBackend final : public vfs::Backend {
  public:
    explicit SharedBackend(vfs::Backend& backend) : backend_(backend) {}
    Task<vfs::Reply> run(const vfs::Compound& program) override { return backend_.run(program); }
    vfs::Capabilities capabilities() const override { return backend_.capabilities(); }

  private:
    vfs::Backend& backend_;
};

constexpr std::string_view memory_scheme = "memory:";

// All that a connection depends on; what is believed for how long is not the connection's matter.
std::string key_of(const client::Url& url, const client::MountOptions& options) {
    client::Url place = url;
    place.options.clear();
    return fmt::format("{} {} {} {} {} {} {} {} {} {} {} {} {} {} {}", client::to_text(place),
                       options.minor.value_or(0), options.port, static_cast<int>(options.family),
                       options.rsize, options.wsize, options.readdir_bytes, options.timeo.count(),
                       options.retrans, static_cast<int>(options.on_silence), options.connections,
                       options.uid.value_or(geteuid()), options.gid.value_or(getegid()),
                       options.read_only, options.reserved_port);
}

// The same for each agent of this folder, one after the other, and for no other one, whatever hosts
// and containers are called: the kernel's boot, the mount namespace, the folder itself.
std::string identity_of(const std::string& folder) {
    char boot[37] = "", space[64] = "";
    Descriptor file(open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    ssize_t got = file ? read(file.get(), boot, sizeof(boot) - 1) : -1;
    ssize_t named = readlink("/proc/self/ns/mnt", space, sizeof(space) - 1);
    struct stat found;
    if (got <= 0 || named <= 0 || stat(folder.c_str(), &found) != 0) return {};
    return fmt::format("{}/{}/{}.{}.{:x}", boot, space, found.st_dev, found.st_ino,
                       shm::protocol_number());
}

}  // namespace

Result<std::vector<MountSpec>> parse_mounts(std::string_view text) {
    std::vector<MountSpec> out;
    while (!text.empty()) {
        std::string_view entry = text.substr(0, text.find(';'));
        text.remove_prefix(std::min(entry.size() + 1, text.size()));
        size_t sign = entry.find('=');
        if (sign == std::string_view::npos || sign == 0 || entry[0] != '/' ||
            sign + 1 == entry.size())
            return fail(Errc::inval);
        std::string prefix(entry.substr(0, sign));
        while (prefix.size() > 1 && prefix.back() == '/') prefix.pop_back();
        if (prefix == "/") return fail(Errc::inval);
        out.push_back({std::move(prefix), std::string(entry.substr(sign + 1))});
    }
    if (out.empty()) return fail(Errc::inval);
    return out;
}

AgentMounts::AgentMounts(Reactor& reactor, client::TraceSink& trace, const std::string& folder)
    : reactor_(reactor), trace_(trace), identity_(identity_of(folder)) {}
AgentMounts::~AgentMounts() = default;

Task<vfs::FileSystem*> AgentMounts::files(std::string_view mounts) {
    Mutex::Hold held = co_await building_.lock();
    auto known = systems_.find(mounts);
    if (known != systems_.end()) co_return known->second.get();
    std::unique_ptr<vfs::FileSystem> made = co_await build(mounts);
    vfs::FileSystem* files = made.get();
    systems_.emplace(std::string(mounts), std::move(made));
    co_return files;
}

Task<std::unique_ptr<vfs::FileSystem>> AgentMounts::build(std::string_view mounts) {
    complaint_ = fmt::format("'{}' is not a list of /prefix=URL", mounts);
    std::vector<MountSpec> specs = co_await parse_mounts(mounts);
    Reactor* reactor = &reactor_;
    vfs::FileSystemOptions options;
    options.sleep = [reactor](Duration duration) { return reactor->sleep_for(duration); };
    auto files = std::make_unique<vfs::FileSystem>(std::move(options));
    for (const MountSpec& spec : specs) {
        complaint_ = fmt::format("cannot mount {} at {}", spec.url, spec.prefix);
        co_await mount(*files, spec);
        vfs::Attributes root = co_await files->stat({.path = spec.prefix});
        if (root.type == vfs::FileType::none) co_await Errc::io;
    }
    complaint_.clear();
    co_return files;
}

Task<> AgentMounts::mount(vfs::FileSystem& files, const MountSpec& spec) {
    if (!spec.url.starts_with(memory_scheme)) {
        co_await mount_server(files, spec);
        co_return;
    }
    std::unique_ptr<vfs::Backend> volume = co_await memory_volume(spec.url);
    co_await files.mount(spec.prefix, std::move(volume), {}, client::process_credential());
}

Task<> AgentMounts::mount_server(vfs::FileSystem& files, const MountSpec& spec) {
    auto url = client::parse_url(spec.url);
    if (!url) {
        complaint_ = url.error().text;
        co_await Errc::inval;
    }
    auto options = client::parse_options(*url);
    if (!options) {
        complaint_ = options.error().text;
        co_await Errc::inval;
    }
    std::unique_ptr<vfs::Backend> backend = co_await server(*url, *options);
    co_await files.mount(spec.prefix, std::move(backend), client::policy_of(*options));
}

Task<std::unique_ptr<vfs::Backend>> AgentMounts::server(const client::Url& url,
                                                        client::MountOptions options) {
    // One identity, one connection: a second one would end the first one's opens.
    Mutex::Hold held = co_await connecting_.lock();
    const std::string key = key_of(url, options);
    auto known = servers_.find(key);
    if (known == servers_.end()) {
        if (!identity_.empty())
            options.identity =
                fmt::format("{}/{:016x}", identity_, std::hash<std::string_view>()(key));
        auto made = co_await client::nfs4::Mount::connect(reactor_, url, options, &trace_);
        known = servers_.emplace(key, std::move(made)).first;
    }
    co_return std::make_unique<SharedBackend>(*known->second);
}

Result<std::unique_ptr<vfs::Backend>> AgentMounts::memory_volume(const std::string& url) {
    auto known = volumes_.find(url);
    if (known == volumes_.end()) {
        // Its root is the user's own, as a new folder's would be.
        std::string options = url.substr(memory_scheme.size());
        options += fmt::format("{}uid={},gid={}", options.empty() ? "" : ",", geteuid(), getegid());
        auto store = backend::make_memory_store(options);
        if (!store) return fail(store.error());
        MemoryVolume volume{std::move(*store), nullptr};
        volume.backend = std::make_unique<vfs::StepBackend>(*volume.store);
        known = volumes_.emplace(url, std::move(volume)).first;
    }
    return std::make_unique<SharedBackend>(*known->second.backend);
}

Task<> AgentMounts::close() {
    for (auto& [mounts, files] : systems_) {
        auto outcome = co_await files->close().result();
        if (!outcome) log_error("ending {}: {}", mounts, errc_text(outcome.error().code));
    }
    systems_.clear();
    for (auto& [key, server] : servers_) {
        auto outcome = co_await server->close().result();
        if (!outcome) log_error("ending {}: {}", key, errc_text(outcome.error().code));
    }
    for (auto& [url, volume] : volumes_) {
        auto outcome = co_await volume.backend->close().result();
        if (!outcome) log_error("ending {}: {}", url, errc_text(outcome.error().code));
    }
}

}  // namespace strait::tool
