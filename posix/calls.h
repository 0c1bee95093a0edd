// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// How a C call becomes a task on the shared engine, and its outcome errno. The table of descriptors
// is touched by tasks only, which run one at a time.

#include <string>
#include <vector>

#include "asyncapi/shared_engine.h"

namespace strait::posix {

using asyncapi::Engine;

// Numbers of this library begin here, so that they are not taken for the kernel's.
inline constexpr int first_descriptor = 1 << 20;

struct Process {
    explicit Process(Engine::Connect connect = {}) : engine(std::move(connect)) {}
    asyncapi::SharedEngine engine;
    std::vector<vfs::OpenFileRef> files;  // by descriptor

    int add(vfs::OpenFileRef file);
    Result<vfs::OpenFileRef> file(int fd) const;  // badf
    vfs::OpenFileRef take(int fd);                // null: no such descriptor
};

// This process's. After fork() the child has a new one.
Process& process();
// Lets the next process() connect in another way; for tests.
void use_connect(Engine::Connect connect);

// The sentence of this thread's last failure.
std::string& last_error();
// Sets errno and the sentence; returns -1.
int failed(const char* call, std::string_view place, const Error& error, const std::string& why);

// Runs make(engine), which gives a Task<T>, for a call on `place`.
template <class T, class F>
Result<T> run(const char* call, std::string_view place, std::string& why, F make) {
    auto outcome = process().engine.run<T>(std::move(make));
    if (!outcome) failed(call, place, outcome.error(), why);
    return outcome;
}

// A path argument; null gives EFAULT.
#define STRAIT_NEED(pointer) \
    if (!(pointer)) {        \
        errno = EFAULT;      \
        return -1;           \
    }

std::string place_of(int fd);

}  // namespace strait::posix
