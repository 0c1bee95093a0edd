// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A program that outlives its agent starts another one: it runs the `strait` that last served this
// folder, which knows how.

namespace strait::preload {

// Waits until the agent answers, or cannot be had: false. Handlers are held meanwhile.
bool start_agent() noexcept;

}  // namespace strait::preload
