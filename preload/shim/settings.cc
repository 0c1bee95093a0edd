// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/settings.h"

#include <string.h>
#include <sys/stat.h>

#include "preload/shim/raw.h"

namespace strait::preload {

Settings settings = {.mounts = "", .agent = "", .report = ""};

namespace {

const char* value_of(char** environment, const char* name) noexcept {
    size_t size = strlen(name);
    for (char** entry = environment; entry && *entry; ++entry)
        if (strncmp(*entry, name, size) == 0 && (*entry)[size] == '=') return *entry + size + 1;
    return nullptr;
}

bool is_set(char** environment, const char* name) noexcept {
    const char* value = value_of(environment, name);
    return value && *value && strcmp(value, "0") != 0;
}

// "/a=URL;/b=URL": the prefixes; the URLs are the agent's matter.
void split_mounts(const char* text) noexcept {
    while (*text && settings.prefix_count < prefix_limit) {
        size_t size = strcspn(text, ";");
        size_t prefix = strcspn(text, "=");
        if (prefix < size && text[0] == '/') {
            while (prefix > 1 && text[prefix - 1] == '/') --prefix;
            const char* last = text + prefix - 1;
            while (*last != '/') --last;
            settings.prefixes[settings.prefix_count++] = {text, prefix, last};
            settings.initials[static_cast<unsigned char>(last[1])] = true;
        }
        text += size;
        if (*text == ';') ++text;
    }
}

bool same_directory(const char* a, const char* b) noexcept {
    struct statx first, second;
    return raw::call(SYS_statx, AT_FDCWD, raw::as_long(a), 0, STATX_INO, raw::as_long(&first)) ==
               0 &&
           raw::call(SYS_statx, AT_FDCWD, raw::as_long(b), 0, STATX_INO, raw::as_long(&second)) ==
               0 &&
           first.stx_ino == second.stx_ino && first.stx_dev_major == second.stx_dev_major &&
           first.stx_dev_minor == second.stx_dev_minor;
}

}  // namespace

void read_settings(char** environment) noexcept {
    const char* mounts = value_of(environment, shm::env_mounts);
    const char* agent = value_of(environment, shm::env_agent);
    if (!mounts || !agent || strlen(mounts) > shm::hello_text_max) return;
    size_t size = strlen(agent);
    if (size + sizeof(shm::cwd_name) > sizeof(settings.placeholder)) return;
    settings.mounts = strdup(mounts);  // the program may overwrite its environment
    settings.agent = strdup(agent);
    if (!settings.mounts || !settings.agent) return;
    memcpy(settings.placeholder, agent, size);
    memcpy(settings.placeholder + size, shm::cwd_name, sizeof(shm::cwd_name));
    settings.strict = is_set(environment, "STRAIT_STRICT");
    settings.explain = is_set(environment, "STRAIT_EXPLAIN");
    const char* report = value_of(environment, shm::env_report);
    if (report && *report == '/') {
        settings.report = strdup(report);
        if (!settings.report) settings.report = "";
    }
    split_mounts(settings.mounts);
    const char* cwd = value_of(environment, shm::env_cwd);
    // An inherited word about the directory counts only while the kernel's has not moved since.
    if (cwd && *cwd == '/' && strlen(cwd) < shm::path_max &&
        same_directory(".", settings.placeholder))
        strcpy(settings.cwd, cwd);
}

}  // namespace strait::preload
