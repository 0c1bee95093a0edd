// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/background.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "tool/common_options.h"

namespace strait::tool {

namespace {

[[noreturn]] void wait_for_word(int fd, pid_t child) {
    char status = exit_failed;
    ssize_t got;
    do got = read(fd, &status, 1);
    while (got < 0 && errno == EINTR);
    if (got == 1) _exit(status);
    int ended = 0;
    while (waitpid(child, &ended, 0) < 0 && errno == EINTR) {
    }
    _exit(WIFEXITED(ended) && WEXITSTATUS(ended) != 0 ? WEXITSTATUS(ended) : exit_failed);
}

}  // namespace

Background Background::begin() {
    Background made;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return made;
    Descriptor read_end(ends[0]);
    made.word_ = Descriptor(ends[1]);
    pid_t child = fork();
    if (child > 0) {
        made.word_.close();
        wait_for_word(read_end.get(), child);
    }
    if (child == 0) {
        setsid();
        if (chdir("/") != 0) _exit(exit_failed);
    }
    return made;
}

void Background::ready(int status, const std::string& log_file) {
    if (!word_) return;
    const char* to = log_file.empty() ? "/dev/null" : log_file.c_str();
    int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int output = open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (input >= 0) dup2(input, 0);
    if (output >= 0) {
        dup2(output, 1);
        dup2(output, 2);
    }
    const char byte = static_cast<char>(status);
    while (write(word_.get(), &byte, 1) < 0 && errno == EINTR) {
    }
    word_.close();
    if (input > 2) close(input);
    if (output > 2) close(output);
}

}  // namespace strait::tool
