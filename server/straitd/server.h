// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The server put together: exports, the NFSv4 service, a thread per core, listeners, metrics. A
// test starts one in its own process, as the program does.

#include <atomic>
#include <expected>
#include <memory>
#include <string>
#include <vector>

#include "server/admin/metrics_door.h"
#include "server/nfs4/program_door.h"
#include "server/straitd/core.h"
#include "server/straitd/options.h"

namespace strait::server {

class Server {
  public:
    // The error is a sentence for the user.
    static std::expected<std::unique_ptr<Server>, std::string> start(StraitdOptions options);
    // Stops in order: no new calls, what is under way is answered.
    ~Server();

    // Where it listens; ports that were left open are known now.
    const std::vector<Address>& listening() const noexcept { return listening_; }
    const Address& metrics_address() const noexcept { return metrics_address_; }
    SharedMetrics& metrics() noexcept { return metrics_; }
    nfs4::Service& service() noexcept { return *service_; }

  private:
    explicit Server(StraitdOptions options) : options_(std::move(options)) {}
    std::expected<void, std::string> add_exports();
    std::expected<void, std::string> listen();
    // Runs a task on the first core, from the starting thread.
    Result<> on_first_core(Task<> task);
    Task<> open_listeners(std::string& error);
    Task<> accept_all(TcpListener& listener);
    Task<> keep_time();

    const StraitdOptions options_;
    SharedMetrics metrics_;
    ExportTable exports_;
    std::unique_ptr<nfs4::Service> service_;
    std::unique_ptr<nfs4::Nfs4Program> program_;
    std::vector<std::unique_ptr<Core>> cores_;
    std::vector<Address> listening_;
    Address metrics_address_;
    // The first core's own:
    std::vector<std::unique_ptr<TcpListener>> listeners_;
    std::unique_ptr<MetricsDoor> metrics_door_;
    std::unique_ptr<Nursery> duties_;
    uint64_t next_connection_ = 1;
};

}  // namespace strait::server
