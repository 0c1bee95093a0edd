// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What one client may take of us. Everything a peer can make grow is bounded here.

#include <cstddef>
#include <cstdint>

namespace strait::server::nfs4 {

inline constexpr uint32_t max_io_bytes = 1u << 20;                         // one READ or WRITE
inline constexpr uint32_t max_message_bytes = max_io_bytes + (64u << 10);  // a whole record
inline constexpr uint32_t max_cached_bytes = 16u << 10;  // one reply kept in a slot
inline constexpr uint32_t max_operations = 128;          // of one COMPOUND
inline constexpr uint32_t max_slots = 128;               // of one session
inline constexpr uint32_t max_tag_bytes = 1024;
inline constexpr uint32_t max_name_bytes = 255;  // one component

inline constexpr size_t max_clients = 20'000;     // confirmed
inline constexpr size_t max_unconfirmed = 4'096;  // the oldest goes first
inline constexpr size_t max_sessions = 40'000;
inline constexpr size_t max_sessions_of_client = 64;
inline constexpr size_t max_states_of_client = 100'000;  // opens and lock owners together
inline constexpr size_t max_ranges_of_lock_owner = 100'000;

// Below these a session could not carry one useful compound (NFS4ERR_TOOSMALL).
inline constexpr uint32_t least_request_bytes = 256;
inline constexpr uint32_t least_response_bytes = 256;
inline constexpr uint32_t least_operations = 2;

}  // namespace strait::server::nfs4
