// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/start_agent.h"

#include <errno.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "preload/shim/raw.h"
#include "preload/shim/settings.h"
#include "wire/shm/agent_name.h"

extern char** environ;

namespace strait::preload {

namespace {

// The environment without this library: memory of its own, which malloc knows nothing of.
class Environment {
  public:
    Environment() noexcept {
        size_t count = 0;
        while (environ && environ[count]) ++count;
        bytes_ = (count + 1) * sizeof(char*);
        void* at =
            raw::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (raw::failed(at)) return;
        entries_ = static_cast<const char**>(at);
        constexpr char preload[] = "LD_PRELOAD=";
        size_t kept = 0;
        for (size_t i = 0; i < count && environ[i]; ++i)
            if (strncmp(environ[i], preload, sizeof(preload) - 1) != 0)
                entries_[kept++] = environ[i];
    }
    ~Environment() {
        if (entries_) raw::munmap(entries_, bytes_);
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    const char** get() const noexcept { return entries_; }

  private:
    const char** entries_ = nullptr;
    size_t bytes_ = 0;
};

// A child that ends without a signal: the program never hears of it, nor can it wait for it.
long fork_unheard() noexcept { return raw::call(SYS_clone, CLONE_VFORK); }

bool ends_well(long pid) noexcept {
    int status = 0;
    long waited;
    do waited = raw::call(SYS_wait4, pid, raw::as_long(&status), __WALL, 0);
    while (waited == -EINTR);
    return waited == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

bool start_agent() noexcept {
    const auto& name = shm::agent_tool.text;
    char tool[sizeof(settings.placeholder)];
    size_t size = strlen(settings.agent);
    if (size + sizeof(name) > sizeof(tool)) return false;
    memcpy(tool, settings.agent, size);
    memcpy(tool + size, name, sizeof(name));
    Environment environment;
    if (!environment.get()) return false;
    const char* arguments[] = {"strait", "agent", "start", "--folder", settings.agent, nullptr};
    // execve gives its process the usual signal back: so it is a grandchild's.
    long child = fork_unheard();
    if (child == 0) {
        long tool_runs = fork_unheard();
        if (tool_runs == 0) {
            raw::call(SYS_execve, raw::as_long(tool), raw::as_long(arguments),
                      raw::as_long(environment.get()));
            raw::call(SYS_exit_group, 127);
        }
        raw::call(SYS_exit_group, tool_runs > 0 && ends_well(tool_runs) ? 0 : 1);
    }
    return child > 0 && ends_well(child);
}

}  // namespace strait::preload
