// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One thread of the server: a reactor and the connections that live on it.

#include <memory>
#include <set>
#include <thread>

#include "base/sync.h"
#include "reactor/descriptor.h"
#include "reactor/reactor.h"
#include "server/rpc/connection.h"

namespace strait::server {

class Core {
  public:
    Core(RpcProgram& program, SharedMetrics& metrics) : program_(program), metrics_(metrics) {}
    ~Core() { stop(); }

    // Starts the thread and waits for its loop. The error is the reactor's.
    Result<> start();
    // From any thread: serves a connected socket here.
    void adopt(int fd, uint64_t number);
    // From any thread, once: answers what is under way, then ends the thread and waits for it.
    void stop();
    Reactor& reactor() noexcept { return *reactor_; }

  private:
    void run(Result<>& started, std::atomic<bool>& told);
    Task<> serve(TcpStream stream, uint64_t number);
    Task<> drain();

    RpcProgram& program_;
    SharedMetrics& metrics_;
    std::thread thread_;
    std::unique_ptr<Reactor> reactor_;  // made, driven and destroyed on the thread
    Nursery* nursery_ = nullptr;
    std::set<Connection*> connections_;
};

}  // namespace strait::server
