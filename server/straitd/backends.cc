// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/straitd/backends.h"

#include <fmt/format.h>

#include "backend/local/local_store.h"
#include "backend/memory/memory.h"
#include "vfs/step_backend.h"

namespace strait::server {

namespace {

// A store and the backend that steps over it: the store goes last.
class OwningBackend final : public vfs::Backend {
  public:
    explicit OwningBackend(std::unique_ptr<vfs::Store> store)
        : store_(std::move(store)), steps_(*store_) {}
    Task<vfs::Reply> run(const vfs::Compound& program) override { return steps_.run(program); }
    vfs::Capabilities capabilities() const override { return steps_.capabilities(); }
    Task<> close() override { return steps_.close(); }
    Task<> expire(uint64_t client) override { return steps_.expire(client); }

  private:
    std::unique_ptr<vfs::Store> store_;
    vfs::StepBackend steps_;
};

std::string_view advice(Errc code) {
    switch (code) {
        case Errc::noent:
            return "make the directory, or name another";
        case Errc::notdir:
            return "name a directory";
        case Errc::access:
        case Errc::perm:
            return "run straitd as a user who may read it, or change its mode";
        case Errc::nosys:
            return "mount /proc: handles are resolved through it";
        default:
            return "see straitd --help";
    }
}

}  // namespace

std::expected<std::unique_ptr<vfs::Backend>, std::string> make_backend(const ExportSpec& spec) {
    auto refuse = [&](Errc code) {
        return std::unexpected(fmt::format("export \"{}\": {}:{}: {}\n  {}", spec.name,
                                           spec.backend, spec.argument, errc_text(code),
                                           advice(code)));
    };
    if (spec.backend == "memory") {
        auto store = backend::make_memory_store(spec.argument);
        if (!store) return refuse(store.error().code);
        return std::make_unique<OwningBackend>(std::move(*store));
    }
    if (spec.backend == "local") {
        auto store = local::LocalStore::make(spec.argument);
        if (!store) return refuse(store.error().code);
        return std::make_unique<OwningBackend>(std::move(*store));
    }
    return std::unexpected(fmt::format(
        "export \"{}\": there is no backend \"{}\"\n  the backends are memory and local", spec.name,
        spec.backend));
}

}  // namespace strait::server
