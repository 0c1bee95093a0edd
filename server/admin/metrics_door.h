// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// GET /metrics over HTTP/1.0: one short answer a connection. Reads nothing of the request but its
// first line, and little of that.

#include <functional>
#include <string>

#include "base/sync.h"
#include "reactor/tcp.h"

namespace strait::server {

class MetricsDoor {
  public:
    using Text = std::function<std::string()>;
    MetricsDoor(TcpListener listener, Text text)
        : listener_(std::move(listener)), text_(std::move(text)) {}
    const Address& local() const noexcept { return listener_.local(); }
    // Until stop().
    Task<> serve();
    void stop() noexcept { listener_.shutdown(); }

  private:
    Task<> answer(TcpStream stream);

    TcpListener listener_;
    const Text text_;
    Nursery calls_;
};

}  // namespace strait::server
