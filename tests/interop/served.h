// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A server of tests/lib/serve.py as a child of a test, and a Mount on it. The child ends with us.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "client/nfs4/mount.h"
#include "reactor/reactor.h"

namespace strait::interop {

// A folder that is removed, with all in it, at the end.
class TempFolder {
  public:
    TempFolder();
    ~TempFolder();
    const std::string& path() const { return path_; }
    std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

  private:
    std::string path_;
};

// serve.py KIND EXPORT...
class Served {
  public:
    Served(const std::string& kind, const std::vector<std::string>& exports);
    ~Served();
    Served(const Served&) = delete;
    Served& operator=(const Served&) = delete;
    // False: not installed here, or it may not run; why() says so.
    bool running() const { return !where_.empty(); }
    const std::string& why() const { return first_line_; }
    const std::string& kind() const { return kind_; }
    const std::string& where() const { return where_; }  // ADDRESS:PORT
    int pid() const { return server_pid_; }
    std::string url(std::string_view path) const { return "nfs://" + where_ + std::string(path); }

  private:
    const std::string kind_;
    int child_ = -1;
    int input_ = -1;
    int server_pid_ = -1;
    std::string first_line_;
    std::string where_;
};

// Connects; fails the test when that fails.
std::unique_ptr<client::nfs4::Mount> mount(Reactor& reactor, const std::string& url,
                                           client::TraceSink* trace = nullptr);

}  // namespace strait::interop
