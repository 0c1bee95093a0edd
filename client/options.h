// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What a URL's options ask for: mount.nfs's names (nfs(5)), libnfs's as aliases. An option that is
// not known, or that asks for what is not there, is refused by name: nothing is ignored that
// changes what the user gets. docs/urls.md is the reference.

#include <cstdint>
#include <optional>
#include <string>

#include "base/time.h"
#include "client/url.h"

namespace strait::client {

// What happens to a call whose server does not answer: hard waits (the caller may cancel), soft and
// softerr end with Errc::timedout after timeo × (retrans + 1).
enum class OnSilence : uint8_t { hard, soft, softerr };
enum class LookupCache : uint8_t { all, positive, none };
enum class LocalLock : uint8_t { none, flock, posix, all };
enum class AddressFamily : uint8_t { any, inet, inet6 };
// How much a reader may lag behind other clients; design section 6.
enum class Coherence : uint8_t { strict, lease, close_to_open, bounded, lazy };

// For the cache layer: how long names and attributes may be trusted.
struct CacheOptions {
    Coherence coherence = Coherence::lease;
    Duration bound = 0ms;  // with Coherence::bounded
    Duration acregmin = 3s, acregmax = 60s;
    Duration acdirmin = 30s, acdirmax = 60s;
    bool attributes = true;     // false: noac, or actimeo=0
    bool sync = false;          // noac: writes are stable when they return, as nfs(5) has it
    bool close_to_open = true;  // false: nocto
    LookupCache lookup = LookupCache::all;
    std::optional<uint64_t> readahead;  // bytes; none: the cache's own choice
};

struct MountOptions {
    std::optional<uint32_t> minor;  // none: the highest that the server speaks, 2 then 1
    uint16_t port = 2049;
    AddressFamily family = AddressFamily::any;
    // Bytes; the server may ask for less. A larger READ costs nfs-ganesha a page fault for each
    // page: its allocator gives such buffers back to the kernel each time.
    uint32_t rsize = 512u << 10;
    uint32_t wsize = 1u << 20;
    uint32_t readdir_bytes = 1u << 17;  // of one READDIR reply, at most
    Duration timeo = 60s;
    uint32_t retrans = 2;
    OnSilence on_silence = OnSilence::hard;
    uint32_t connections = 1;          // nconnect, 1..16
    std::optional<uint32_t> uid, gid;  // none: the process's own
    bool read_only = false;
    bool reserved_port = false;  // resvport: send from a port below 1024
    LocalLock local_lock = LocalLock::none;
    // What the server is to know this mount by when the process that made it dies and another makes
    // it again: then it drops the first one's opens and locks at once. "": each mount is a new
    // client.
    std::string identity;
    CacheOptions cache;
};

// Reads url.options (and url.port, which an option `port` overrides).
UrlResult<MountOptions> parse_options(const Url& url);

}  // namespace strait::client
