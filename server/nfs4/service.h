// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The NFSv4.1 and 4.2 program: answers COMPOUNDs over the exports. Shared by all cores; what it
// owns guards itself.

#include <functional>

#include "server/export.h"
#include "server/metrics.h"
#include "server/nfs4/call.h"
#include "server/nfs4/clients.h"
#include "server/nfs4/grace.h"
#include "server/nfs4/sealed_handle.h"
#include "server/nfs4/state_dir.h"
#include "wire/xdr/reader.h"

namespace strait::server::nfs4 {

struct ServiceOptions {
    std::chrono::seconds lease = 90s;
    std::chrono::seconds grace = 90s;
    std::string state_dir;  // empty: nothing outlives a restart
};

class Service {
  public:
    // The error is a sentence for the user. `exports` and `metrics` outlive the service.
    static std::expected<std::unique_ptr<Service>, std::string> create(ServiceOptions options,
                                                                       ExportTable& exports,
                                                                       SharedMetrics& metrics);

    // COMPOUND4args in, COMPOUND4res out. `record_bytes`: size of the whole call. Errc::protocol:
    // the arguments cannot be decoded (GARBAGE_ARGS).
    Task<BufferChain> compound(wire::xdr::Reader& args, const Caller& caller, size_t record_bytes);

    // To be called about once a second, on one core: ends leases and the grace period.
    Task<> tick();

    // --- for the operations
    const ServiceOptions& options() const noexcept { return options_; }
    ExportTable& exports() noexcept { return exports_; }
    SharedMetrics& metrics() noexcept { return metrics_; }
    SharedClients& clients() noexcept { return clients_; }
    SharedGrace& grace() noexcept { return grace_; }
    const StateDir& state_dir() const noexcept { return state_dir_; }
    const HandleSeal& seal() const noexcept { return seal_; }
    // Differs between any two lives of the server.
    uint64_t boot_verifier() const noexcept { return boot_verifier_; }
    uint64_t digest(const BufferChain& request) const noexcept;
    // Ends all that a client held, and its right to reclaim.
    Task<> expire(Ref<Client> client);
    // RECLAIM_COMPLETE: the client goes on record; the grace period may end with it. False: the
    // record could not be written.
    Task<bool> reclaim_completed(Ref<Client> client);

  private:
    Service(ServiceOptions options, ExportTable& exports, SharedMetrics& metrics, StateDir dir,
            uint32_t boot);
    Task<> end_grace();

    const ServiceOptions options_;
    ExportTable& exports_;
    SharedMetrics& metrics_;
    const StateDir state_dir_;
    const HandleSeal seal_;
    const SipKey digest_key_;
    const uint64_t boot_verifier_;
    SharedClients clients_;
    SharedGrace grace_;
};

// Runs what blocks (file synchronisation) off this core's loop, where there is one.
Task<> blocking(std::function<void()> work);

}  // namespace strait::server::nfs4
