// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The servers that one run of a verb talks with: each is connected once, and all paths on it are
// below one prefix of one FileSystem.

#include <memory>
#include <vector>

#include "client/nfs4/mount.h"
#include "tool/place.h"
#include "tool/tracer.h"
#include "vfs/store.h"

namespace strait::tool {

class Servers {
  public:
    Servers(Reactor& reactor, Tracer& tracer);
    ~Servers();

    // Connects where needed. Errors are those of the connection.
    Task<Place> open(const Target& target);
    // The client of a place's server; null for memory and local ones.
    client::nfs4::Mount* client(const Place& place) const;
    // Writes back and ends all.
    Task<> close();

  private:
    struct Server {
        client::Url url;  // its path is "/"
        std::string name;
        std::string prefix;
        client::nfs4::Mount* client = nullptr;  // the file system's own
        uint64_t max_write = 1u << 20;
    };
    Task<Server*> connect(const Target& target);
    Task<Server*> make_memory();
    Place place_on(const Server& server, const Target& target);

    Reactor& reactor_;
    Tracer& tracer_;
    std::unique_ptr<vfs::Store> memory_;
    vfs::FileSystem files_;
    std::vector<std::unique_ptr<Server>> servers_;
};

// "nas1:2049", as traces name it.
std::string server_name(const Target& target);

}  // namespace strait::tool
