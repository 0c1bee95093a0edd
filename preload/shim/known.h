// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What came with an open's reply is answered here, without the agent, as long as the doorbell says
// that nothing has changed: attributes, and all of a small file. The open keeps the slot that the
// reply came in, and meanwhile its position is ours; whoever asks the agent something about the
// open ends that, and tells the position with it (Call::on). Lock-free: a handler may come anywhere
// between.

#include "preload/shim/table.h"
#include "wire/shm/protocol.h"

namespace strait::preload {

class Call;

// After the reply of the open that `open` is made of, before others can find that. Only so many
// are kept (Link::kept): the one that another open keeps is left then.
void keep_known(Open& open, Call& call) noexcept;

// False: ask the agent.
bool known_stat(const Open& open, shm::Stat& out) noexcept;
bool known_read(Open& open, void* out, size_t count, uint64_t offset, size_t& got) noexcept;
bool known_seek(Open& open, off_t offset, int whence, off_t& position) noexcept;

// From now on the agent is asked. The position that it must be told; 0: it has it.
uint64_t leave_known(Open& open) noexcept;
// It has been told.
void position_told(Open& open, uint64_t position) noexcept;
// Leaves it, and tells.
void tell_position(Open& open) noexcept;
// The same for all: before other programs may come to share our opens.
void leave_all_known() noexcept;
// The open is about to go. True: all of the file is known.
bool leave_whole(Open& open) noexcept;

}  // namespace strait::preload
