// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A server in memory that every URL connects to.

#include "asyncapi/engine.h"
#include "backend/memory/memory.h"
#include "vfs/step_backend.h"

namespace strait::test {

class MemoryServer {
  public:
    MemoryServer() : store_(std::move(*backend::make_memory_store(""))), backend_(*store_) {}
    // Each connection ends on its own; the files stay.
    asyncapi::Engine::Connect connect() {
        return [this](Reactor&, const client::Url&, const client::MountOptions&,
                      client::TraceSink*) { return connection(); };
    }
    int connections = 0;

  private:
    class Connection final : public vfs::Backend {
      public:
        explicit Connection(vfs::Backend& server) : server_(server) {}
        Task<vfs::Reply> run(const vfs::Compound& program) override { return server_.run(program); }
        vfs::Capabilities capabilities() const override { return server_.capabilities(); }

      private:
        vfs::Backend& server_;
    };
    Task<std::unique_ptr<vfs::Backend>> connection() {
        connections++;
        std::unique_ptr<vfs::Backend> made = std::make_unique<Connection>(backend_);
        co_return made;
    }

    std::unique_ptr<vfs::Store> store_;
    vfs::StepBackend backend_;
};

}  // namespace strait::test
