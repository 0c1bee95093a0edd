// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What the shim tells the user directly, on descriptor 2: only when something cannot work.

namespace strait::preload {

// "strait: WHAT SUBJECT: the errno's text", once per process.
void report_failure(const char* what, const char* subject, int error) noexcept;
// A call on a Strait file that the shim does not cover: named under STRAIT_STRICT=1, which then
// ends the process. Returns `error` for the caller to fail with.
int uncovered(const char* call, int error) noexcept;
// Before a local program replaces this one: with STRAIT_EXPLAIN=1, or when it will run untouched
// though its arguments name a path under a prefix, says which way it takes.
void explain_program(const char* path, char* const* argv) noexcept;

}  // namespace strait::preload
