// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The inside of Context and of the open objects it gives.

#include "asyncapi/context.h"
#include "asyncapi/engine.h"
#include "asyncapi/running.h"
#include "reactor/patience.h"

namespace strait {

// Counts, and passes on to the application's trace.
class Tally final : public client::TraceSink {
  public:
    explicit Tally(std::function<void(const RpcReport&)> trace) : trace_(std::move(trace)) {}
    void rpc(const client::RpcTrace& trace) override;
    void connected(std::string_view server, bool again) override {
        counters.connected(server, again);
    }
    client::RpcCounters counters;

  private:
    std::function<void(const RpcReport&)> trace_;
};

struct Context::Impl {
    explicit Impl(ContextOptions options) : tally(std::move(options.trace)) {}
    ~Impl();

    Tally tally;
    std::optional<Patience> patience;
    std::unique_ptr<Reactor> reactor;
    std::unique_ptr<asyncapi::Engine> engine;
    bool closed = false;

    template <class T>
    Async<T> run(std::shared_ptr<asyncapi::Story> story, Task<T> task) {
        return asyncapi::run_on(*reactor, std::move(story), std::move(task));
    }
};

namespace detail {

// Context::create, with servers connected another way: for tests.
struct ContextMaker {
    static Outcome<Context> make(ContextOptions options, asyncapi::Engine::Connect connect);
};

// One open file or directory; several handles share it.
struct OpenObject {
    asyncapi::Engine* engine;
    vfs::OpenFileRef file;
    std::string place;
    uint64_t cookie = 2;  // directories: behind the dots
};
}  // namespace detail

}  // namespace strait
