// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Inside a Context, and inside posix: a FileSystem whose servers are connected on first use. Each
// server with its options is one mount at "/@1", "/@2", ...; a place becomes a path below it.

#include <map>

#include "base/sync.h"
#include "client/options.h"
#include "client/trace.h"
#include "reactor/reactor.h"
#include "vfs/filesystem.h"

namespace strait::asyncapi {

class Engine {
  public:
    // Makes a backend that is rooted at the URL's path.
    using Connect = std::function<Task<std::unique_ptr<vfs::Backend>>(
        Reactor&, const client::Url&, const client::MountOptions&, client::TraceSink*)>;

    // `trace` may be null; it and `reactor` outlive the engine. Without `connect`: NFS.
    // `close_patience`: as vfs::FileSystemOptions says, where someone drives the reactor all along.
    explicit Engine(Reactor& reactor, client::TraceSink* trace = nullptr, Connect connect = {},
                    Duration close_patience = 0ms);

    Reactor& reactor() { return reactor_; }
    vfs::FileSystem& files() { return files_; }
    // The local path of a place; `why` gets a sentence for the user when it is refused (inval).
    Task<std::string> locate(std::string place, std::string& why);
    Task<> mount(std::string prefix, std::string url, std::string& why);
    Task<> close() { return files_.close(); }

  private:
    Task<> connect(std::string prefix, const client::Url& url, std::string& why);

    Reactor& reactor_;
    client::TraceSink* trace_;
    Connect connect_;
    vfs::FileSystem files_;
    Mutex connecting_;
    std::map<std::string, std::string, std::less<>> servers_;  // URL of the root, its prefix
};

}  // namespace strait::asyncapi
