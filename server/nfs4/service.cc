// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/service.h"

#include "base/log.h"
#include "reactor/reactor.h"
#include "server/nfs4/compound_run.h"

namespace strait::server::nfs4 {

namespace {

template <class T>
T random_value() {
    T value;
    fill_random(std::as_writable_bytes(std::span(&value, 1)));
    return value;
}

// Of a request, this much is digested, and its length: enough to tell requests apart without
// reading every byte of a WRITE twice.
constexpr size_t digested_bytes = 4096;

}  // namespace

Task<> blocking(std::function<void()> work) {
    if (Reactor* reactor = Reactor::current()) {
        co_await reactor->run_blocking(std::move(work));
    } else {
        work();
    }
}

std::expected<std::unique_ptr<Service>, std::string> Service::create(ServiceOptions options,
                                                                     ExportTable& exports,
                                                                     SharedMetrics& metrics) {
    StateDir dir;
    if (!options.state_dir.empty()) {
        auto opened = StateDir::open(options.state_dir);
        if (!opened) return std::unexpected(opened.error());
        dir = std::move(*opened);
    }
    uint32_t boot = random_value<uint32_t>() | 1;
    return std::unique_ptr<Service>(
        new Service(std::move(options), exports, metrics, std::move(dir), boot));
}

Service::Service(ServiceOptions options, ExportTable& exports, SharedMetrics& metrics, StateDir dir,
                 uint32_t boot)
    : options_(std::move(options)),
      exports_(exports),
      metrics_(metrics),
      state_dir_(std::move(dir)),
      seal_(state_dir_.key(), exports_),
      digest_key_(random_key()),
      boot_verifier_(random_value<uint64_t>()),
      clients_(boot, options_.lease),
      grace_(state_dir_.recorded(), MonoClock::now() + options_.grace) {
    if (grace_.active())
        log_info("grace period: {} clients may reclaim, for {} s at most",
                 state_dir_.recorded().size(), options_.grace.count());
    metrics_.add_gauge("strait_nfs4_clients", "confirmed NFSv4 clients",
                       [this] { return clients_.client_count(); });
    metrics_.add_gauge("strait_nfs4_sessions", "NFSv4 sessions",
                       [this] { return clients_.session_count(); });
    metrics_.add_gauge("strait_nfs4_opens", "open states",
                       [] { return SharedStates::total_opens(); });
    metrics_.add_gauge("strait_nfs4_locks", "lock states",
                       [] { return SharedStates::total_locks(); });
    metrics_.add_gauge("strait_nfs4_grace", "1 during the grace period",
                       [this] { return grace_.active() ? 1 : 0; });
}

Task<BufferChain> Service::compound(wire::xdr::Reader& args, const Caller& caller,
                                    size_t record_bytes) {
    CompoundRun run(*this, caller, args, record_bytes);
    co_return co_await run.run();
}

uint64_t Service::digest(const BufferChain& request) const noexcept {
    SipHash hash(digest_key_);
    size_t left = digested_bytes;
    for (const Buffer& part : request.parts()) {
        Bytes bytes = part.bytes().first(std::min(left, part.size()));
        hash.add(bytes);
        left -= bytes.size();
    }
    uint64_t size = request.size();
    hash.add(std::as_bytes(std::span(&size, 1)));
    return hash.finish() | 1;  // zero means: never used
}

Task<> Service::expire(Ref<Client> client) {
    // First the record: once others hold what it held, it must not reclaim that after a restart
    // (RFC 8881 section 8.4.3, the first edge condition).
    const std::string& owner = client->owner();
    bool removed = false;
    co_await blocking([&] { removed = state_dir_.remove_client(owner); });
    if (!removed) log_error("the record of client {:x} cannot be removed", client->id());
    co_await exports_.expire(client->id());
}

Task<bool> Service::reclaim_completed(Ref<Client> client) {
    bool written = false;
    const std::string& owner = client->owner();
    co_await blocking([&] { written = state_dir_.add_client(owner); });
    if (!written) co_return false;
    client->reclaim_complete = true;
    if (grace_.completed(owner)) co_await end_grace();
    co_return true;
}

Task<> Service::end_grace() {
    std::vector<std::string> missing = grace_.missing();
    co_await blocking([&] {
        for (const std::string& owner : missing) state_dir_.remove_client(owner);
    });
    grace_.end();
    log_info("grace period over; {} clients did not come back", missing.size());
}

Task<> Service::tick() {
    MonoTime now = MonoClock::now();
    if (grace_.due(now)) co_await end_grace();
    std::vector<Ref<Client>> expired = clients_.take_expired(now);
    for (Ref<Client>& client : expired) {
        log_info("lease of client {:x} expired", client->id());
        co_await expire(client);
    }
}

}  // namespace strait::server::nfs4
