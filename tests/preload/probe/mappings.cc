// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/mman.h>

#include "tests/preload/probe/probe.h"

namespace {

// The file's first page, mapped to be written through.
struct Shared {
    File file{std::string("hello world")};
    char* text =
        static_cast<char*>(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
    Shared() {
        if (text == MAP_FAILED) say("not mapped: %m");
    }
};

}  // namespace

TEST(mmap) {
    File file(std::string("hello world"));
    auto* text =
        static_cast<char*>(call(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, file, 0));
    if (text == MAP_FAILED) return told(-1);
    say("%.11s %d", text, text[11]);
    text[0] = 'J';
    say("%s", get("file").c_str());
    munmap(text, 4096);
    told(call(nullptr, 0, PROT_READ, MAP_PRIVATE, file, 0) == MAP_FAILED ? -1 : 0);
    File only_out("file", O_WRONLY);
    told(call(nullptr, 4096, PROT_READ, MAP_PRIVATE, only_out, 0) == MAP_FAILED ? -1 : 0);
}
TEST(munmap) {
    Shared shared;
    memcpy(shared.text, "HELLO", 5);
    told(call(shared.text, 4096));
    say("%s", get("file").c_str());
}
TEST(msync) {
    Shared shared;
    memcpy(shared.text, "HELLO", 5);
    told(call(shared.text, 4096, MS_SYNC));
    say("%s", get("file").c_str());
    munmap(shared.text, 4096);
}
TEST(mremap) {
    Shared shared;
    memcpy(shared.text, "HELLO", 5);
    void* moved = call(shared.text, 4096, 8192, MREMAP_MAYMOVE, nullptr);
    told(moved == MAP_FAILED ? -1 : 0);
    if (moved == MAP_FAILED) return;
    say("%.11s", static_cast<char*>(moved));
    munmap(moved, 8192);
    say("%s", get("file").c_str());
}
TEST(mprotect) {
    Shared shared;
    told(call(shared.text, 4096, PROT_READ));
    say("%.11s", shared.text);
    told(call(shared.text, 4096, PROT_READ | PROT_WRITE));
    memcpy(shared.text, "HELLO", 5);
    munmap(shared.text, 4096);
    say("%s", get("file").c_str());
}
