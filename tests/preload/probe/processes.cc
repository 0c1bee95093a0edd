// SPDX-License-Identifier: LGPL-2.1-or-later
// What starts programs: each finds the files that were open, and the working directory.

#include <dlfcn.h>
#include <sched.h>
#include <spawn.h>

#include "tests/preload/probe/probe.h"

namespace {

char shell_name[] = "sh", option[] = "-c";
char script[] = "echo from the shell >> file; read line <&9; test \"$line\" = given";
char* const argv[] = {shell_name, option, script, nullptr};

// An inherited file at 9, and one that the shell opens by a relative path.
struct Inherited {
    Inherited() {
        put("input", "given\n");
        put("file", "");
        dup2(File("input", O_RDONLY), 9);
    }
    ~Inherited() {
        close(9);
        say("%s", get("file").c_str());
    }
};

int wait_for(pid_t pid) {
    int status = -1;
    waitpid(pid, &status, 0);
    return status;
}

template <class Fork>
void fork_and_write(Fork fork_like) {
    File file(std::string("abc"));
    fflush(stdout);
    pid_t pid = fork_like();
    if (pid == 0) {
        char letter = 0;
        _exit(read(file, &letter, 1) == 1 ? letter : 0);
    }
    say("%d", wait_for(pid) >> 8);
    say("%jd", static_cast<intmax_t>(lseek(file, 0, SEEK_CUR)));
}

}  // namespace

TEST(fork) { fork_and_write(call); }
TEST(_Fork) { fork_and_write(call); }
TEST(vfork) { fork_and_write(call); }
TEST(execve) {
    Inherited given;
    say("%d", in_child([&] { return call("/bin/sh", argv, environ); }));
}
TEST(execv) {
    Inherited given;
    say("%d", in_child([&] { return call("/bin/sh", argv); }));
}
TEST(execvp) {
    Inherited given;
    say("%d", in_child([&] { return call("sh", argv); }));
}
TEST(execvpe) {
    Inherited given;
    say("%d", in_child([&] { return call("sh", argv, environ); }));
}
TEST(fexecve) {
    Inherited given;
    say("%d", in_child([&] { return call(open("/bin/sh", O_RDONLY), argv, environ); }));
}
TEST(execveat) {
    Inherited given;
    std::string copied = get("/bin/sh");
    put("shell", copied);
    chmod("shell", 0700);
    say("%d", in_child([&] { return call(open(".", O_RDONLY), "shell", argv, environ, 0); }));
    say("%d",
        in_child([&] { return call(open("shell", O_RDONLY), "", argv, environ, AT_EMPTY_PATH); }));
}
TEST(dlopen) {
    say("%d", call("./missing.so", RTLD_NOW) == nullptr);
    say("%d", call(nullptr, RTLD_NOW) != nullptr);
}
TEST(posix_spawn) {
    Inherited given;
    pid_t pid = -1;
    say("%d", call(&pid, "/bin/sh", nullptr, nullptr, argv, environ));
    say("%d", wait_for(pid));
}
TEST(posix_spawnp) {
    Inherited given;
    pid_t pid = -1;
    say("%d", call(&pid, "sh", nullptr, nullptr, argv, environ));
    say("%d", wait_for(pid));
}
TEST(system) {
    Inherited given;
    say("%d", call(script));
}
TEST(popen) {
    put("file", "of the shell\n");
    FILE* stream = call("cat file", "r");
    char line[64] = {};
    say("%s", stream && fgets(line, sizeof(line), stream) ? line : "nothing");
    say("%d", stream ? pclose(stream) : -1);
}
TEST(daemon) {
    File file(std::string("abc"));
    int ends[2];
    if (pipe(ends) != 0) say("no pipe");
    fflush(stdout);
    if (pid_t pid = fork(); pid == 0) {
        close(ends[0]);
        char letter = 0;
        if (call(1, 0) == 0 && read(file, &letter, 1) == 1) (void)!write(ends[1], &letter, 1);
        _exit(0);
    } else {
        say("%d", wait_for(pid));
    }
    close(ends[1]);
    char letter = '-';
    say("%zd %c", read(ends[0], &letter, 1), letter);
    close(ends[0]);
}
TEST(_exit) {
    say("%d", in_child([&] {
                  call(7);
                  return 1;
              }) >>
                  8);
}
TEST(clone) {
    static char stack[65536];
    struct Shared {
        File file{std::string("abc")};
        char letter = 0;
    } shared;
    auto body = [](void* from) {
        auto* in = static_cast<Shared*>(from);
        return read(in->file, &in->letter, 1) == 1 ? static_cast<int>(in->letter) : 1;
    };
    fflush(stdout);
    for (int flags : {SIGCHLD, CLONE_VM | CLONE_VFORK | SIGCHLD}) {
        say("%d", wait_for(call(body, stack + sizeof(stack), flags, &shared, nullptr, nullptr,
                                nullptr)) >>
                      8);
        say("%jd", static_cast<intmax_t>(lseek(shared.file, 0, SEEK_CUR)));
    }
}
