// SPDX-License-Identifier: LGPL-2.1-or-later
#include "posix/calls.h"

#include <pthread.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <mutex>

#include "posix/strait.h"

namespace strait::posix {

namespace {

std::atomic<Process*> the_process{nullptr};
std::mutex making;
// Shut down, but threads may still be on their way out of their loops: never taken down.
std::vector<Process*>& ended = *new std::vector<Process*>;
Engine::Connect chosen_connect;

void in_child() {
    // Sockets and locks are the parent's: nothing of it is used or taken down here.
    the_process.store(nullptr, std::memory_order_release);
    new (&making) std::mutex;
}

void at_exit() { strait_shutdown(); }

void watch_process() {
    static std::once_flag once;
    std::call_once(once, [] {
        pthread_atfork(nullptr, nullptr, in_child);
        std::atexit(at_exit);
    });
}

Task<> close_all(Engine& engine, Process& self) {
    self.files.clear();
    co_await engine.close();
}

Task<> read_counters(Process& self, strait_stats& into) {
    const auto& counted = self.engine.counters();
    into = {counted.rpcs,    counted.connects,      counted.rpcs + counted.connects,
            counted.resends, counted.request_bytes, counted.reply_bytes};
    co_return;
}

}  // namespace

Process& process() {
    if (Process* there = the_process.load(std::memory_order_acquire)) return *there;
    watch_process();
    std::lock_guard lock(making);
    if (!the_process) the_process = new Process(chosen_connect);
    return *the_process;
}

void use_connect(Engine::Connect connect) { chosen_connect = std::move(connect); }

int Process::add(vfs::OpenFileRef file) {
    for (size_t i = 0; i < files.size(); i++) {
        if (files[i]) continue;
        files[i] = std::move(file);
        return first_descriptor + static_cast<int>(i);
    }
    files.push_back(std::move(file));
    return first_descriptor + static_cast<int>(files.size() - 1);
}

Result<vfs::OpenFileRef> Process::file(int fd) const {
    auto index = static_cast<size_t>(fd) - first_descriptor;
    if (fd < first_descriptor || index >= files.size() || !files[index]) return fail(Errc::badf);
    return files[index];
}

vfs::OpenFileRef Process::take(int fd) {
    auto there = file(fd);
    if (!there) return nullptr;
    return std::exchange(files[static_cast<size_t>(fd) - first_descriptor], nullptr);
}

std::string& last_error() {
    static thread_local std::string text;
    return text;
}

int failed(const char* call, std::string_view place, const Error& error, const std::string& why) {
    std::string& text = last_error();
    text = std::string(call) + " " + std::string(place) + ": ";
    text += why.empty() ? std::string(errc_text(error.code)) : why;
    if (error.domain == Domain::nfs4) text += " (nfs4 status " + std::to_string(error.status) + ")";
    errno = to_errno(error.code);
    return -1;
}

std::string place_of(int fd) { return "descriptor " + std::to_string(fd); }

}  // namespace strait::posix

using namespace strait;
using namespace strait::posix;

extern "C" {

const char* strait_error(void) { return last_error().c_str(); }

int strait_mount(const char* prefix, const char* url) {
    STRAIT_NEED(prefix && url);
    std::string why;
    auto done = posix::run<void>("mount", url, why,
                                 [&](Engine& engine) { return engine.mount(prefix, url, why); });
    return done ? 0 : -1;
}

int strait_shutdown(void) {
    Process* self = the_process.exchange(nullptr);
    if (!self) return 0;
    auto done = self->engine.run<void>([self](Engine& engine) { return close_all(engine, *self); });
    {
        std::lock_guard lock(making);
        ended.push_back(self);
    }
    return done ? 0 : failed("shutdown", "", done.error(), "");
}

int strait_get_stats(struct strait_stats* into) {
    STRAIT_NEED(into);
    std::string why;
    auto done = posix::run<void>("stats", "", why,
                                 [&](Engine&) { return read_counters(process(), *into); });
    return done ? 0 : -1;
}
}
