// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A Context: connections, sessions and what is known of servers, for one thread. It starts no
// thread. Two ways to drive it: run() blocks until something is done; or watch fd() in your own
// loop and call poll() when it is readable.
//
// A place is a URL ("nfs://host/export/a/b?vers=4.2", "host:/a/b") or a path below a mount()ed
// prefix. Servers are connected on first use, one mount for each server and set of options. C++20.

#include <functional>

#include "asyncapi/async.h"
#include "asyncapi/co.h"
#include "asyncapi/file.h"
#include "asyncapi/types.h"

namespace strait {

namespace detail {
struct ContextMaker;
}

struct ContextOptions {
    // Called for each RPC, on the Context's thread.
    std::function<void(const RpcReport&)> trace;
    // Where one answer alone is awaited, look for it for up to 50 microseconds before the thread
    // sleeps: a server that is near answers sooner by a wake-up, for processor time that would be
    // idle. It ends by itself where it does not pay: servers far away, other work on the processor.
    bool busy_poll = true;
};

class Context {
  public:
    // On the thread that will drive it, which has no other Context.
    static Outcome<Context> create(ContextOptions options = {});
    Context(Context&&) noexcept;
    Context& operator=(Context&&) noexcept;
    // Writes back, closes and disconnects, waiting for it; close() first to learn of errors.
    ~Context();

    // --- driving
    // Readable when poll() has something to do. Stays the same; do not read or close it.
    Outcome<int> fd();
    // Does what can be done now, waiting `timeout` at most for something to do. After starting
    // operations in a foreign loop call it once with zero.
    void poll(std::chrono::nanoseconds timeout = {});
    // Drives the loop until the operation, or the coroutine, has ended.
    template <class T>
    Outcome<T> run(Async<T> operation) {
        return run(await(std::move(operation)));
    }
    template <class T>
    T run(Co<T> coroutine) {
        coroutine.start();
        while (!coroutine.done()) wait();
        return coroutine.take();
    }

    // --- places
    // Local paths below `prefix` ("/data") mean what is below the URL.
    Async<void> mount(std::string_view prefix, std::string_view url);
    Async<File> open(std::string_view place, OpenMode mode = {});
    Async<Directory> open_directory(std::string_view place);
    Async<Stat> stat(std::string_view place);
    Async<Stat> lstat(std::string_view place);
    Async<SpaceStat> statfs(std::string_view place);
    // R_OK, W_OK, X_OK bits of <unistd.h>; EACCES.
    Async<void> access(std::string_view place, int mode);
    // Small files in one round trip each.
    Async<Data> read_file(std::string_view place);
    Async<void> write_file(std::string_view place, std::span<const std::byte> bytes,
                           OpenMode mode = {.create = true, .truncate = true});
    Async<void> mkdir(std::string_view place, uint32_t mode = 0777);
    Async<void> remove(std::string_view place);  // a file, symlink or empty directory
    Async<void> unlink(std::string_view place);  // not a directory
    Async<void> rmdir(std::string_view place);
    Async<void> rename(std::string_view from, std::string_view to);
    Async<void> link(std::string_view existing, std::string_view made);
    Async<void> symlink(std::string_view target, std::string_view made);
    Async<std::string> readlink(std::string_view place);
    Async<void> change(std::string_view place, const Changes& changes, bool follow = true);

    Stats stats() const;
    // Writes back and closes everything; the first error of it.
    Async<void> close();

  private:
    friend struct detail::ContextMaker;
    struct Impl;
    explicit Context(std::unique_ptr<Impl> impl);
    void wait();
    template <class T>
    static Co<Outcome<T>> await(Async<T> operation) {
        Outcome<T> outcome = co_await operation;
        co_return outcome;
    }
    std::unique_ptr<Impl> impl_;
};

}  // namespace strait
