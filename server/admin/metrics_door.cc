// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/admin/metrics_door.h"

#include <fmt/format.h>

namespace strait::server {

namespace {
constexpr size_t max_request_bytes = 8192;
constexpr size_t max_connections = 16;
constexpr Duration patience = 5s;

std::string http(std::string_view status, std::string_view body) {
    return fmt::format(
        "HTTP/1.0 {}\r\nContent-Type: text/plain; version=0.0.4\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n{}",
        status, body.size(), body);
}

Task<std::string> read_head(TcpStream& stream) {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        Buffer bytes = co_await stream.receive();
        if (bytes.empty() || head.size() + bytes.size() > max_request_bytes)
            co_return Errc::protocol;
        head += bytes.text();
    }
    co_return head;
}
}  // namespace

Task<> MetricsDoor::serve() {
    for (;;) {
        Result<TcpStream> stream = co_await listener_.accept().result();
        if (!stream) break;
        if (calls_.running() < max_connections) calls_.spawn(answer(std::move(*stream)));
    }
    calls_.stop();
    co_await calls_.close();
}

Task<> MetricsDoor::answer(TcpStream stream) {
    Reactor& reactor = *Reactor::current();
    MonoTime until = MonoClock::now() + patience;
    std::string head = co_await reactor.with_deadline(read_head(stream), until);
    bool known = head.starts_with("GET /metrics ") || head.starts_with("GET /metrics?");
    std::string reply = known ? http("200 OK", text_()) : http("404 Not Found", "see /metrics\n");
    BufferChain out(Buffer::copy_of(reply));
    co_await reactor.with_deadline(stream.send(std::move(out)), until);
    stream.shutdown_send();
}

}  // namespace strait::server
