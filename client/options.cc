// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client/options.h"

#include <fmt/core.h>

#include <charconv>
#include <span>

namespace strait::client {

namespace {

using Why = std::optional<std::string>;  // none: accepted; else why not, and what to do

// What an option's reader sees.
struct Given {
    std::string_view name;
    std::optional<std::string_view> value;
    MountOptions& out;
};

struct Rule {
    std::string_view name;
    Why (*read)(Given&);
};

std::optional<uint64_t> number(std::optional<std::string_view> text) {
    if (!text) return std::nullopt;
    uint64_t value = 0;
    auto [end, failed] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (failed != std::errc{} || end != text->data() + text->size() || text->empty())
        return std::nullopt;
    return value;
}

Why in_range(const Given& given, uint64_t low, uint64_t high, uint64_t& value) {
    auto read = number(given.value);
    if (!read || *read < low || *read > high)
        return fmt::format("give a number from {} to {}", low, high);
    value = *read;
    return std::nullopt;
}

template <class T>
Why store(const Given& given, uint64_t low, uint64_t high, T& into) {
    uint64_t value = 0;
    Why why = in_range(given, low, high, value);
    if (!why) into = static_cast<T>(value);
    return why;
}

Why flag(const Given& given) {
    if (given.value) return "it is a flag and takes no value";
    return std::nullopt;
}

Why accept(Given&) { return std::nullopt; }

// --- protocol

Why version(Given& given) {
    std::string_view text = given.value.value_or("");
    if (text == "4") {
        given.out.minor.reset();
    } else if (text == "4.1" || text == "4.2") {
        given.out.minor = text == "4.1" ? 1 : 2;
    } else if (text == "3" || text == "4.0" || text == "2") {
        return fmt::format(
            "NFS version {} is not spoken here yet: use vers=4.1 or 4.2 (or leave it out)", text);
    } else {
        return "the versions are 4, 4.1 and 4.2";
    }
    return std::nullopt;
}

Why minor_version(Given& given) {
    uint64_t value = 0;
    if (Why why = in_range(given, 1, 2, value)) return why;
    given.out.minor = static_cast<uint32_t>(value);
    return std::nullopt;
}

Why protocol(Given& given) {
    std::string_view text = given.value.value_or("");
    if (text == "tcp") {
        given.out.family = AddressFamily::inet;
    } else if (text == "tcp6") {
        given.out.family = AddressFamily::inet6;
    } else if (text == "rdma" || text == "rdma6" || text == "udp" || text == "udp6") {
        return fmt::format("transport {} is not there yet: use proto=tcp or tcp6", text);
    } else {
        return "the transports are tcp and tcp6";
    }
    return std::nullopt;
}

Why security(Given& given) {
    std::string_view text = given.value.value_or("");
    if (text == "sys") return std::nullopt;
    if (text == "krb5" || text == "krb5i" || text == "krb5p")
        return "Kerberos is not there yet: use sec=sys, where the server permits it";
    return "the security flavours are sys (krb5, krb5i and krb5p are still to come)";
}

Why transport_security(Given& given) {
    std::string_view text = given.value.value_or("");
    if (text == "none") return std::nullopt;
    // Going on without would send in the clear what the user asked to protect.
    if (text == "tls" || text == "mtls")
        return "RPC-with-TLS is not there yet, and is not left out in silence";
    return "the choices are none (tls and mtls are still to come)";
}

Why port(Given& given) { return store(given, 1, 65535, given.out.port); }
Why connections(Given& given) { return store(given, 1, 16, given.out.connections); }
Why read_size(Given& given) { return store(given, 1024, 16u << 20, given.out.rsize); }
Why write_size(Given& given) { return store(given, 1024, 16u << 20, given.out.wsize); }

Why timeout(Given& given) {
    uint64_t tenths = 0;
    if (Why why = in_range(given, 1, 36000, tenths)) return why;
    given.out.timeo = std::chrono::milliseconds(tenths * 100);
    return std::nullopt;
}
Why retries(Given& given) { return store(given, 0, 1000, given.out.retrans); }

template <OnSilence what>
Why on_silence(Given& given) {
    given.out.on_silence = what;
    return flag(given);
}
template <bool value>
Why read_only(Given& given) {
    given.out.read_only = value;
    return flag(given);
}
template <bool value>
Why reserved_port(Given& given) {
    given.out.reserved_port = value;
    return flag(given);
}
// Linux's ids: -1 means "unchanged" to chown, so it is nobody's.
Why user_id(Given& given) { return store(given, 0, UINT32_MAX - 1, given.out.uid.emplace()); }
Why group_id(Given& given) { return store(given, 0, UINT32_MAX - 1, given.out.gid.emplace()); }

Why local_lock(Given& given) {
    std::string_view text = given.value.value_or("");
    constexpr std::string_view names[] = {"none", "flock", "posix", "all"};
    for (size_t i = 0; i < std::size(names); i++) {
        if (text != names[i]) continue;
        given.out.local_lock = static_cast<LocalLock>(i);
        return std::nullopt;
    }
    return "the choices are none, flock, posix and all";
}
Why lock(Given& given) {
    given.out.local_lock = LocalLock::none;
    return flag(given);
}
Why nolock(Given& given) {
    given.out.local_lock = LocalLock::all;
    return flag(given);
}

// --- cache

template <Duration CacheOptions::* field>
Why seconds(Given& given) {
    uint64_t value = 0;
    if (Why why = in_range(given, 0, 86400, value)) return why;
    given.out.cache.*field = std::chrono::seconds(value);
    return std::nullopt;
}
Why all_seconds(Given& given) {
    uint64_t value = 0;
    if (Why why = in_range(given, 0, 86400, value)) return why;
    CacheOptions& cache = given.out.cache;
    cache.acregmin = cache.acregmax = cache.acdirmin = cache.acdirmax = std::chrono::seconds(value);
    cache.attributes = value != 0;
    return std::nullopt;
}
template <bool value>
Why attribute_cache(Given& given) {
    given.out.cache.attributes = value;
    given.out.cache.sync = !value;
    return flag(given);
}
template <bool value>
Why close_to_open(Given& given) {
    given.out.cache.close_to_open = value;
    return flag(given);
}
Why lookup_cache(Given& given) {
    std::string_view text = given.value.value_or("");
    LookupCache& lookup = given.out.cache.lookup;
    if (text == "all") {
        lookup = LookupCache::all;
    } else if (text == "pos" || text == "positive") {
        lookup = LookupCache::positive;
    } else if (text == "none") {
        lookup = LookupCache::none;
    } else {
        return "the choices are all, positive and none";
    }
    return std::nullopt;
}
Why coherence(Given& given) {
    std::string_view text = given.value.value_or("");
    CacheOptions& cache = given.out.cache;
    if (text == "strict") {
        cache.coherence = Coherence::strict;
    } else if (text == "lease") {
        cache.coherence = Coherence::lease;
    } else if (text == "cto") {
        cache.coherence = Coherence::close_to_open;
    } else if (text == "lazy") {
        cache.coherence = Coherence::lazy;
    } else if (auto ms =
                   number(text.starts_with("bounded:") ? text.substr(8) : std::string_view())) {
        cache.coherence = Coherence::bounded;
        cache.bound = std::chrono::milliseconds(*ms);
    } else {
        return "the choices are strict, lease, cto, bounded:MILLISECONDS and lazy";
    }
    return std::nullopt;
}
Why readahead(Given& given) {
    return store(given, 0, 1u << 30, given.out.cache.readahead.emplace());
}

// --- libnfs's own

Why directory_cache(Given& given) {
    uint64_t on = 0;
    if (Why why = in_range(given, 0, 1, on)) return why;
    if (!on) given.out.cache.lookup = LookupCache::none;
    return std::nullopt;
}
Why readdir_buffer(Given& given) {
    std::string_view text = given.value.value_or("");
    Given last{given.name, text.substr(text.find(',') == text.npos ? 0 : text.find(',') + 1),
               given.out};
    return store(last, 4096, 16u << 20, given.out.readdir_bytes);
}

// One line an option; aliases share a reader.
constexpr Rule rules[] = {
    {"vers", version},
    {"nfsvers", version},
    {"version", version},
    {"minorversion", minor_version},
    {"proto", protocol},
    {"port", port},
    {"nfsport", port},
    {"sec", security},
    {"xprtsec", transport_security},
    {"nconnect", connections},
    {"rsize", read_size},
    {"wsize", write_size},
    {"timeo", timeout},
    {"retrans", retries},
    {"hard", on_silence<OnSilence::hard>},
    {"soft", on_silence<OnSilence::soft>},
    {"softerr", on_silence<OnSilence::softerr>},
    {"ro", read_only<true>},
    {"rw", read_only<false>},
    {"resvport", reserved_port<true>},
    {"noresvport", reserved_port<false>},
    {"uid", user_id},
    {"gid", group_id},
    {"local_lock", local_lock},
    {"lock", lock},
    {"nolock", nolock},
    {"acregmin", seconds<&CacheOptions::acregmin>},
    {"acregmax", seconds<&CacheOptions::acregmax>},
    {"acdirmin", seconds<&CacheOptions::acdirmin>},
    {"acdirmax", seconds<&CacheOptions::acdirmax>},
    {"actimeo", all_seconds},
    {"ac", attribute_cache<true>},
    {"noac", attribute_cache<false>},
    {"cto", close_to_open<true>},
    {"nocto", close_to_open<false>},
    {"lookupcache", lookup_cache},
    {"coherence", coherence},
    {"readahead", readahead},
    {"dircache", directory_cache},
    {"readdir-buffer", readdir_buffer},
    // Known, and without a meaning here: they steer mount(8), NFSv3's side protocols, or what this
    // client always does.
    {"defaults", accept},
    {"_netdev", accept},
    {"nofail", accept},
    {"auto", accept},
    {"noauto", accept},
    {"bg", accept},
    {"fg", accept},
    {"intr", accept},
    {"nointr", accept},
    {"retry", accept},
    {"clientaddr", accept},
    {"mountport", accept},
    {"mountproto", accept},
    {"mountvers", accept},
    {"mounthost", accept},
    {"rdirplus", accept},
    {"nordirplus", accept},
    {"sharecache", accept},
    {"nosharecache", accept},
    {"nofsc", accept},
    {"migration", accept},
    {"nomigration", accept},
    {"max_connect", accept},
    {"trunkdiscovery", accept},
    {"notrunkdiscovery", accept},
    {"auto-traverse-mounts", accept},
    {"autoreconnect", accept},
    {"tcp-syncnt", accept},
    {"debug", accept},
};

const Rule* find_rule(std::string_view name) {
    for (const Rule& rule : rules)
        if (rule.name == name) return &rule;
    return nullptr;
}

std::unexpected<UrlError> refuse(const Url& url, const UrlOption& option, std::string_view why) {
    std::string shown = option.name + (option.value ? "=" + *option.value : "");
    return std::unexpected(
        UrlError{fmt::format("option '{}' of nfs://{}{}: {}", shown, url.host, url.path, why)});
}

}  // namespace

UrlResult<MountOptions> parse_options(const Url& url) {
    MountOptions out;
    if (url.port) out.port = *url.port;
    for (const UrlOption& option : url.options) {
        const Rule* rule = find_rule(option.name);
        if (!rule)
            return refuse(
                url, option,
                "no such option; docs/urls.md lists them (mount.nfs's names and libnfs's)");
        Given given{option.name, option.value, out};
        if (Why why = rule->read(given)) return refuse(url, option, *why);
    }
    return out;
}

}  // namespace strait::client
