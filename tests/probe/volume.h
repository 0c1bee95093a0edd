// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A URL mounted at /n, with an event loop of its own: what the measured and the probing programs
// stand on.

#include <memory>
#include <optional>
#include <string>

#include "reactor/patience.h"
#include "vfs/filesystem.h"

namespace strait::probe {

inline constexpr const char* mount_point = "/n";

class Volume {
  public:
    // Connects. Ends the program with a line on stderr when that fails.
    explicit Volume(const std::string& url);
    ~Volume();

    Reactor& reactor() noexcept { return *reactor_; }
    vfs::FileSystem& files() noexcept { return *files_; }
    // Runs it to its end; an error ends the program with a line that names `what`.
    template <class T>
    T must(Task<T> task, const std::string& what) {
        Result<T> outcome = reactor_->block_on(std::move(task));
        if (!outcome) give_up(what, outcome.error());
        if constexpr (!std::is_void_v<T>) return std::move(*outcome);
    }
    [[noreturn]] static void give_up(const std::string& what, Error error);

  private:
    Task<> mount(std::string url);
    std::optional<Patience> patience_;
    std::unique_ptr<Reactor> reactor_;
    std::unique_ptr<vfs::FileSystem> files_;
};

// "/n/a/b"
inline vfs::At at(const std::string& absolute) { return {.path = absolute}; }

}  // namespace strait::probe
