// SPDX-License-Identifier: LGPL-2.1-or-later
// usage: claims LIBRARY [NAME]: runs all claims, or one, below TMPDIR. Status 1: one does not hold.
#include "tests/processes/claims.h"

const char* library_file;

char byte_at(size_t offset) { return static_cast<char>('a' + (offset / 7 + offset / page) % 26); }

int make_file(const char* name, size_t size) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    must(fd >= 0);
    std::string bytes(size, 0);
    for (size_t at = 0; at < size; ++at) bytes[at] = byte_at(at);
    must(write(fd, bytes.data(), size) == static_cast<ssize_t>(size));
    return fd;
}

std::string content(const char* name) {
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    must(fd >= 0);
    std::string all;
    char piece[65536];
    for (ssize_t got; (got = read(fd, piece, sizeof(piece))) > 0;)
        all.append(piece, static_cast<size_t>(got));
    close(fd);
    return all;
}

void write_file(const char* name, const std::string& text, mode_t mode) {
    int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    must(fd >= 0);
    must(write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    must(close(fd) == 0);
}

void copy_file(const char* from, const char* to, mode_t mode) {
    write_file(to, content(from), mode);
}

char* map(int fd, size_t length, int protection, int flags, off_t offset) {
    void* at = mmap(nullptr, length, protection, flags, fd, offset);
    must(at != MAP_FAILED);
    return static_cast<char*>(at);
}

int status_of(pid_t pid) {
    int status = -1;
    must(waitpid(pid, &status, 0) == pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 1000 + WTERMSIG(status);
}

int main(int argc, char** argv) {
    if (argc < 2) return 2;
    library_file = argv[1];
    const char* folder = getenv("TMPDIR");
    int bad = 0;
    for (Claim* claim = Claim::all; claim; claim = claim->next) {
        // NAME: only this one; -NAME: all but this one.
        bool named = argc > 2 && strcmp(argv[2] + (argv[2][0] == '-'), claim->name) == 0;
        if (argc > 2 && named == (argv[2][0] == '-')) continue;
        int status = in_child([&] {
            std::string own = std::string(folder ? folder : "/tmp") + "/" + claim->name;
            must(mkdir(own.c_str(), 0755) == 0);
            must(chdir(own.c_str()) == 0);
            alarm(30);
            claim->run();
        });
        printf("%s %s\n", status == 0 ? "ok  " : "FAIL", claim->name);
        fflush(stdout);
        bad += status != 0;
    }
    if (bad) printf("%d claims do not hold\n", bad);
    return bad ? 1 : 0;
}
