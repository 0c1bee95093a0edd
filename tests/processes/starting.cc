// SPDX-License-Identifier: LGPL-2.1-or-later
// Starting programs: posix_spawn's actions, what lies in the folder itself.
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>

#include "tests/processes/claims.h"

namespace {

struct Actions {
    posix_spawn_file_actions_t list;
    Actions() { must(posix_spawn_file_actions_init(&list) == 0); }
    ~Actions() { posix_spawn_file_actions_destroy(&list); }
};

// Exit status, or minus the error of posix_spawn.
int run_shell(const std::string& text, const posix_spawn_file_actions_t* actions = nullptr,
              const posix_spawnattr_t* attributes = nullptr, const char* shell = "/bin/sh") {
    char name[] = "sh", option[] = "-c";
    char* argv[] = {name, option, const_cast<char*>(text.c_str()), nullptr};
    pid_t pid;
    int error = posix_spawn(&pid, shell, actions, attributes, argv, environ);
    return error ? -error : status_of(pid);
}

std::string here() {
    char path[4096];
    must(getcwd(path, sizeof(path)));
    return path;
}

}  // namespace

CLAIM(spawn_opens_duplicates_and_closes) {
    write_file("in", "given\n");
    Actions actions;
    must(posix_spawn_file_actions_addopen(&actions.list, 0, "in", O_RDONLY, 0) == 0);
    must(posix_spawn_file_actions_addopen(&actions.list, 7, (here() + "/out").c_str(),
                                          O_WRONLY | O_CREAT | O_TRUNC, 0640) == 0);
    must(posix_spawn_file_actions_adddup2(&actions.list, 7, 1) == 0);
    must(posix_spawn_file_actions_addclose(&actions.list, 7) == 0);
    must(run_shell("cat; test ! -e /dev/fd/7", &actions.list) == 0);
    must(content("out") == "given\n");
}

CLAIM(spawn_changes_the_directory) {
    must(mkdir("d", 0755) == 0 && mkdir("d/e", 0755) == 0);
    Actions actions;
    must(posix_spawn_file_actions_addchdir_np(&actions.list, "d") == 0);
    must(posix_spawn_file_actions_addopen(&actions.list, 1, "out", O_WRONLY | O_CREAT, 0644) == 0);
    must(run_shell("pwd", &actions.list) == 0);
    must(content("d/out") == here() + "/d\n");
    Actions other;
    must(posix_spawn_file_actions_addfchdir_np(&other.list, open("d/e", O_RDONLY)) == 0);
    must(run_shell("pwd > out; echo x > ../up", &other.list) == 0);
    must(content("d/e/out") == here() + "/d/e\n" && content("d/up") == "x\n");
    must(run_shell("pwd > out; cd /; ls / > /dev/null") == 0);
    must(content("out") == here() + "\n");
}

CLAIM(spawn_closes_all_from_a_number) {
    int fd = make_file("f", 10);
    must(dup2(fd, 60) == 60 && dup2(fd, 50) == 50);
    Actions actions;
    must(posix_spawn_file_actions_addclosefrom_np(&actions.list, 60) == 0);
    must(run_shell("test -e /dev/fd/50 && test ! -e /dev/fd/60", &actions.list) == 0);
    must(lseek(60, 0, SEEK_CUR) == 10);
}

CLAIM(spawn_tells_what_failed) {
    Actions actions;
    must(posix_spawn_file_actions_addopen(&actions.list, 0, "missing", O_RDONLY, 0) == 0);
    must(run_shell("true", &actions.list) == -ENOENT);
    must(run_shell("true", nullptr, nullptr, "./missing") == -ENOENT);
    write_file("plain", "text", 0644);
    must(run_shell("true", nullptr, nullptr, "./plain") == -EACCES);
}

CLAIM(spawn_sets_groups_and_signals) {
    copy_file("/bin/sh", "shell", 0755);
    posix_spawnattr_t attributes;
    must(posix_spawnattr_init(&attributes) == 0);
    sigset_t defaults, mask;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGTERM);
    sigemptyset(&mask);
    sigaddset(&mask, SIGUSR1);
    signal(SIGTERM, SIG_IGN);
    must(posix_spawnattr_setsigdefault(&attributes, &defaults) == 0);
    must(posix_spawnattr_setsigmask(&attributes, &mask) == 0);
    must(posix_spawnattr_setpgroup(&attributes, 0) == 0);
    must(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK |
                                                   POSIX_SPAWN_SETPGROUP) == 0);
    for (const char* shell : {"/bin/sh", "./shell"}) {
        must(run_shell("test $(ps -o pgid= -p $$) = $$ && kill -USR1 $$; kill -TERM $$; exit 1",
                       nullptr, &attributes, shell) == 1000 + SIGTERM);
    }
}

CLAIM(programs_and_scripts_run_from_here) {
    copy_file("/bin/echo", "program", 0755);
    write_file("script", "#!/bin/sh\necho \"$0 $1\" > out\n", 0755);
    write_file("chain", "#!" + here() + "/script one\n", 0755);
    must(run_shell("./program works > out") == 0 && content("out") == "works\n");
    must(run_shell("./script arg") == 0 && content("out") == "./script arg\n");
    must(run_shell("./chain") == 0 && content("out") == here() + "/script one\n");
    must(run_shell("PATH=.:$PATH; script by-path") == 0 && content("out") == "./script by-path\n");
    must(chmod("script", 0644) == 0);
    must(run_shell("./script 2> /dev/null") == 126);
    char name[] = "echo", word[] = "fexecve";
    char* argv[] = {name, word, nullptr};
    must(in_child([&] {
             must(dup2(open("out", O_WRONLY | O_TRUNC), 1) == 1);
             fexecve(open("program", O_RDONLY | O_CLOEXEC), argv, environ);
         }) == 0);
    must(content("out") == "fexecve\n");
}

CLAIM(a_changed_program_runs_as_it_is_now) {
    for (int i = 0; i < 5; ++i) {
        write_file("next", "#!/bin/sh\nexit " + std::to_string(i) + "\n", 0755);
        must(rename("next", "script") == 0);
        must(run_shell("./script") == i);
        copy_file(i % 2 ? "/bin/true" : "/bin/false", "next", 0755);
        must(rename("next", "program") == 0);
        must(run_shell("./program") == (i % 2 ? 0 : 1));
    }
}

CLAIM(a_program_with_an_empty_environment_finds_its_files) {
    write_file("in", "found\n");
    must(in_child([&] {
             char name[] = "sh", option[] = "-c", text[] = "read line < in; test \"$line\" = found";
             char* argv[] = {name, option, text, nullptr};
             char* none[] = {nullptr};
             execve("/bin/sh", argv, none);
         }) == 0);
}

CLAIM(libraries_load_from_here) {
    copy_file(library_file, "library.so", 0755);
    for (const std::string& path : {std::string("./library.so"), here() + "/library.so"}) {
        void* library = dlopen(path.c_str(), RTLD_NOW);
        must(library);
        auto answer = reinterpret_cast<int (*)()>(dlsym(library, "answer"));
        must(answer && answer() == 42);
        dlclose(library);
    }
    must(!dlopen("./missing.so", RTLD_NOW));
}

CLAIM(streams_of_the_shell_go_to_files_here) {
    must(system("echo one > out; { echo two; echo three >&2; } >> out 2>&1") == 0);
    FILE* stream = popen("cat >> out", "w");
    must(stream && fputs("four\n", stream) >= 0 && pclose(stream) == 0);
    must(content("out") == "one\ntwo\nthree\nfour\n");
    stream = popen("sort out", "r");
    char line[64];
    must(stream && fgets(line, sizeof(line), stream) && strcmp(line, "four\n") == 0);
    pclose(stream);
}

CLAIM(a_threads_fork_has_all_files) {
    static int fd = make_file("f", 1000);
    auto work = [](void*) -> void* {
        for (int i = 0; i < 10; ++i)
            must(in_child([] {
                     char got;
                     must(pread(fd, &got, 1, 50) == 1 && got == byte_at(50));
                     must(open("f", O_RDONLY) >= 0);
                 }) == 0);
        return nullptr;
    };
    pthread_t threads[4];
    for (pthread_t& thread : threads) must(pthread_create(&thread, nullptr, work, nullptr) == 0);
    for (pthread_t& thread : threads) must(pthread_join(thread, nullptr) == 0);
}

CLAIM(close_range_closes_and_marks) {
    int fd = make_file("f", 10);
    for (int to = 40; to < 50; ++to) must(dup2(fd, to) == to);
    must(close_range(42, 44, 0) == 0);
    must(lseek(43, 0, SEEK_CUR) == -1 && errno == EBADF && lseek(45, 0, SEEK_CUR) == 10);
    must(close_range(45, 47, CLOSE_RANGE_CLOEXEC) == 0);
    must(fcntl(46, F_GETFD) == FD_CLOEXEC && fcntl(48, F_GETFD) == 0);
    closefrom(40);
    must(lseek(49, 0, SEEK_CUR) == -1 && lseek(fd, 0, SEEK_CUR) == 10);
    must(open("f", O_RDONLY) == dup(fd) - 1);
}
