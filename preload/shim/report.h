// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What the shim tells the user directly, on descriptor 2: only when something cannot work.

namespace strait::preload {

// "strait: WHAT SUBJECT: the errno's text", once per process.
void report_failure(const char* what, const char* subject, int error) noexcept;
// A call on a Strait file that the shim does not cover: named, once, and counted. STRAIT_STRICT=1
// then ends the process. `call` is a constant. Returns `error` for the caller to fail with.
int uncovered(const char* call, int error) noexcept;
// Before a local program replaces this one: with STRAIT_EXPLAIN=1, or when it will run untouched
// though its arguments name a path under a prefix, says which way it takes.
void explain_program(const char* path, char* const* argv) noexcept;
// The same of a program that execvp(3) would find.
void explain_found(const char* file, char* const* argv) noexcept;

}  // namespace strait::preload
