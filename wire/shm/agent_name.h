// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What an agent's files in its folder are called: "/agent-XXXXXXXX" and a suffix. The number stands
// for all that the shim and the agent must have in common, so that builds which do not understand
// each other never meet: each has an agent of its own, side by side in one folder.

#include "wire/shm/ring.h"

namespace strait::shm {

constexpr uint32_t mixed(uint32_t hash, uint32_t value) noexcept {
    return (hash ^ value) * 16777619u;  // FNV-1a
}

constexpr uint32_t protocol_number() noexcept {
    uint32_t hash = mixed(2166136261u, version);
    constexpr const char* names[] = {
#define X(name) #name,
        STRAIT_SHM_OPS(X)
#undef X
    };
    for (const char* name : names)
        for (; *name; ++name) hash = mixed(hash, static_cast<unsigned char>(*name));
    constexpr size_t sizes[] = {sizeof(Request), sizeof(Stat),     sizeof(StatFs),
                                sizeof(Reply),   sizeof(Hello),    sizeof(HelloReply),
                                sizeof(Ring),    sizeof(Doorbell), sizeof(OpenRecord)};
    for (size_t size : sizes) hash = mixed(hash, static_cast<uint32_t>(size));
    return hash;
}

template <size_t suffix_size>
struct AgentName {
    char text[15 + suffix_size] = "/agent-";
    constexpr explicit AgentName(const char (&suffix)[suffix_size]) noexcept {
        for (int digit = 0; digit < 8; ++digit)
            text[7 + digit] = "0123456789abcdef"[protocol_number() >> (28 - 4 * digit) & 15];
        for (size_t i = 0; i < suffix_size; ++i) text[15 + i] = suffix[i];
    }
};

inline constexpr AgentName agent_socket(".sock");
inline constexpr AgentName agent_lock(".lock");
inline constexpr AgentName agent_life(".life");  // locked while the agent runs
inline constexpr AgentName agent_tool(".tool");

}  // namespace strait::shm
