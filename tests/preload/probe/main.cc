// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: names_probe FOLDER [NAME]

#include <dlfcn.h>
#include <stdarg.h>

#include "tests/preload/probe/probe.h"

#define EACH(type, name, parameters, arguments) TEST(name);
#include "preload/shim/names.def"

bool on_mount;

namespace {

struct Entry {
    const char* name;
    const char* as;
    void (*run)(const char* as, void* function);
};

template <auto test, class Function>
void run_with(const char* as, void* function) {
    test(as, reinterpret_cast<Function>(function));
}

const Entry entries[] = {
#define EACH(type, name, parameters, arguments) \
    {#name, #name, run_with<test_##name, decltype(Types::name)>},
#define ALIAS(name, alias) {#name, #alias, run_with<test_##name, decltype(Types::name)>},
#include "preload/shim/names.def"
};

// Old names have a version and no default.
void* symbol(const char* name) {
    if (void* found = dlsym(RTLD_DEFAULT, name)) return found;
    for (const char* version : {"GLIBC_2.2.5", "GLIBC_2.4", "GLIBC_2.17", "GLIBC_PRIVATE"})
        if (void* found = dlvsym(RTLD_DEFAULT, name, version)) return found;
    return nullptr;
}

// Under the shim every name must be the shim's.
bool is_right_one(void* function) {
    Dl_info found;
    return !on_mount || (dladdr(function, &found) && strstr(found.dli_fname, "libstrait_preload"));
}

void run(const Entry& entry) {
    void* function = symbol(entry.as);
    printf("%s:", entry.as);
    if (!function) {
        printf(" not in this libc\n");
        return;
    }
    if (!is_right_one(function)) printf(" THE SHIM DOES NOT ANSWER FOR IT");
    std::string folder = std::string("t.") + entry.as;
    if (mkdir(folder.c_str(), 0755) != 0 || chdir(folder.c_str()) != 0) say("no folder: %m");
    errno = 0;
    entry.run(entry.as, function);
    if (chdir("..") != 0) say("cannot go back: %m");
    printf("\n");
    fflush(stdout);
}

}  // namespace

void say(const char* format, ...) {
    va_list list;
    va_start(list, format);
    putchar(' ');
    vprintf(format, list);
    va_end(list);
}

void told(long result) { say("%s", result >= 0 ? "ok" : strerrorname_np(errno)); }

void put(const char* path, const std::string& content) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (fd < 0 || write(fd, content.data(), content.size()) < 0) say("cannot write %s: %m", path);
    close(fd);
}

std::string get(const char* path) {
    char text[4096];
    int fd = open(path, O_RDONLY);
    ssize_t size = fd < 0 ? -1 : read(fd, text, sizeof(text));
    if (fd >= 0) close(fd);
    if (size < 0) return strerrorname_np(errno);
    for (ssize_t i = 0; i < size; ++i)
        if (text[i] == 0) text[i] = '.';
    return std::string(text, static_cast<size_t>(size));
}

int main(int count, char** arguments) {
    if (count < 2 || chdir(arguments[1]) != 0) return 2;
    on_mount = getenv("STRAIT_MOUNTS") != nullptr;
    umask(022);
    for (const Entry& entry : entries)
        if (count < 3 || strcmp(arguments[2], entry.as) == 0) run(entry);
    return 0;
}
