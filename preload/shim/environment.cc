// SPDX-License-Identifier: LGPL-2.1-or-later
#include <string.h>
#include <sys/mman.h>

#include "preload/shim/connect.h"
#include "preload/shim/known.h"
#include "preload/shim/process.h"
#include "preload/shim/raw.h"
#include "preload/shim/real.h"
#include "preload/shim/settings.h"

namespace strait::preload {

namespace {

constexpr char preload_name[] = "LD_PRELOAD", library_name[] = "LD_LIBRARY_PATH";

// The value of an entry called `name`, or null.
const char* value(const char* entry, const char* name) noexcept {
    size_t size = strlen(name);
    return strncmp(entry, name, size) == 0 && entry[size] == '=' ? entry + size + 1 : nullptr;
}

bool ours(const char* entry) noexcept {
    return value(entry, preload_name) || value(entry, shm::env_mounts) ||
           value(entry, shm::env_agent) || value(entry, shm::env_cwd);
}

bool has(char* const* entries, const char* name) noexcept {
    for (; entries && *entries; ++entries)
        if (value(*entries, name)) return true;
    return false;
}

}  // namespace

char* Environment::add(const char* name, const char* value, const char* more) noexcept {
    char* entry = text_;
    text_ = stpcpy(stpcpy(stpcpy(text_, name), "="), value);
    if (more) text_ = stpcpy(stpcpy(text_, ":"), more);
    return *text_++ = 0, entry;
}

Environment::Environment(char* const* given, const char* libraries) noexcept : given_(given) {
    if (settings.prefix_count == 0) return;
    begin_sharing();
    shares_ = true;
    leave_all_known();
    size_t count = 0;
    const char *preload = nullptr, *folders = nullptr;
    for (; given && given[count]; ++count) {
        if (const char* found = value(given[count], preload_name)) preload = found;
        if (const char* found = value(given[count], library_name)) folders = found;
    }
    const char* shim = own_path();
    // A caller's list is kept, ours goes to its end when it is not in it.
    const char* more = preload && *preload && !strstr(preload, shim) ? shim : nullptr;
    if (!preload || !*preload) preload = shim;
    bytes_ = (count + 9) * sizeof(char*) + strlen(libraries) + (folders ? strlen(folders) : 0) +
             strlen(preload) + strlen(shim) + strlen(settings.mounts) + strlen(settings.agent) +
             strlen(settings.cwd) + strlen(settings.report) + 256;
    memory_ =
        raw::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (raw::failed(memory_)) {
        memory_ = nullptr;
        return;
    }
    made_ = static_cast<char**>(memory_);
    text_ = reinterpret_cast<char*>(made_ + count + 9);
    size_t at = 0;
    for (size_t i = 0; i < count; ++i)
        if (!ours(given[i]) && !(*libraries && value(given[i], library_name)))
            made_[at++] = given[i];
    if (*libraries) made_[at++] = add(library_name, libraries, folders);
    made_[at++] = add(preload_name, preload, more);
    made_[at++] = add(shm::env_mounts, settings.mounts);
    made_[at++] = add(shm::env_agent, settings.agent);
    // What the user asked of the whole run goes on through a scrubbed environment, unless the
    // caller says otherwise.
    if (*settings.report && !has(given, shm::env_report))
        made_[at++] = add(shm::env_report, settings.report);
    if (settings.strict && !has(given, shm::env_strict)) made_[at++] = add(shm::env_strict, "1");
    if (settings.explain && !has(given, shm::env_explain)) made_[at++] = add(shm::env_explain, "1");
    if (settings.cwd[0]) made_[at++] = add(shm::env_cwd, settings.cwd);
    made_[at] = nullptr;
}

Environment::~Environment() {
    if (shares_) end_sharing();
    if (memory_) raw::munmap(memory_, bytes_);
}

}  // namespace strait::preload
