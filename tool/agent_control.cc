// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/agent_control.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <climits>
#include <cstring>

#include "reactor/descriptor.h"
#include "tool/agent_folder.h"
#include "wire/shm/agent_name.h"

namespace strait::tool {

namespace {

Result<Descriptor> connect_agent(const std::string& folder) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::string path = folder + shm::agent_socket.text;
    if (path.size() >= sizeof(address.sun_path)) return fail(Errc::nametoolong);
    std::memcpy(address.sun_path, path.data(), path.size());
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket) return fail_errno(errno);
    if (connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
        return fail_errno(errno);
    return socket;
}

Result<> send_all(int fd, std::string_view text) {
    while (!text.empty()) {
        ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return fail_errno(errno);
        text.remove_prefix(static_cast<size_t>(sent));
    }
    return {};
}

// So few bytes go in one piece.
Result<> send_head(int fd, std::string_view head, int descriptor) {
    iovec part{const_cast<char*>(head.data()), head.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
        message.msg_control = control;
        message.msg_controllen = sizeof(control);
        cmsghdr* first = CMSG_FIRSTHDR(&message);
        first->cmsg_level = SOL_SOCKET;
        first->cmsg_type = SCM_RIGHTS;
        first->cmsg_len = CMSG_LEN(sizeof(int));
        std::memcpy(CMSG_DATA(first), &descriptor, sizeof(int));
    }
    ssize_t sent;
    do sent = sendmsg(fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? fail_errno(errno) : Result<>();
}

// In the child: a daemon with a session of its own, its words in the log. Never returns.
[[noreturn]] void become_agent(const std::string& folder, int ready) {
    setsid();
    if (fork() != 0) _exit(0);
    std::string log = folder + "/agent.log";
    int input = open("/dev/null", O_RDONLY),
        output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (input >= 0) dup2(input, 0);
    if (output >= 0) {
        dup2(output, 1);
        dup2(output, 2);
    }
    // 3 is the way back; the caller's other descriptors are not the agent's to hold open.
    dup2(ready, 3);
    close_range(4, ~0u, 0);
    if (chdir("/") != 0) _exit(1);
    unsetenv("LD_PRELOAD");
    execl("/proc/self/exe", "strait", "agent", "serve", "--ready-fd", "3", "--folder",
          folder.c_str(), nullptr);
    _exit(1);
}

Result<> spawn_agent(const std::string& folder) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return fail_errno(errno);
    Descriptor read_end(ends[0]), write_end(ends[1]);
    pid_t child = fork();
    if (child < 0) return fail_errno(errno);
    if (child == 0) become_agent(folder, write_end.get());
    write_end.close();
    while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
    }
    char answer;
    ssize_t got;
    do got = read(read_end.get(), &answer, 1);
    while (got < 0 && errno == EINTR);
    if (got != 1) return fail(Errc::io);
    return {};
}

}  // namespace

Result<std::string> ask_agent(const std::string& folder, std::string_view line, int descriptor) {
    auto socket = connect_agent(folder);
    if (!socket) return fail(socket.error());
    shm::Hello hello{};
    hello.magic = shm::magic;
    hello.version = shm::version;
    hello.kind = static_cast<uint32_t>(shm::Kind::control);
    hello.text_bytes = static_cast<uint32_t>(line.size());
    std::string_view head(reinterpret_cast<const char*>(&hello), sizeof(hello));
    if (auto sent = send_head(socket->get(), head, descriptor); !sent) return fail(sent.error());
    if (auto sent = send_all(socket->get(), line); !sent) return fail(sent.error());
    std::string answer;
    char piece[4096];
    for (;;) {
        ssize_t got = read(socket->get(), piece, sizeof(piece));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno);
        if (got == 0) break;
        answer.append(piece, static_cast<size_t>(got));
    }
    if (!answer.ends_with('\n')) return fail(Errc::connreset);  // it ended amid its words
    return answer;
}

// The shim of a running program finds the way to us when its agent has ended.
void leave_tool(const std::string& folder) {
    char self[PATH_MAX], there[PATH_MAX];
    const std::string name = folder + shm::agent_tool.text;
    ssize_t size = readlink("/proc/self/exe", self, sizeof(self) - 1);
    if (size <= 0) return;
    self[size] = 0;
    ssize_t old = readlink(name.c_str(), there, sizeof(there));
    if (old == size && std::memcmp(self, there, static_cast<size_t>(size)) == 0) return;
    const std::string aside = name + "." + std::to_string(getpid());
    if (symlink(self, aside.c_str()) == 0 && rename(aside.c_str(), name.c_str()) != 0)
        unlink(aside.c_str());
}

Result<> start_agent(const std::string& folder) {
    if (auto made = make_agent_folder(folder); !made) return made;
    leave_tool(folder);
    if (ask_agent(folder, "ping")) return {};
    std::string path = folder + shm::agent_lock.text;
    Descriptor lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!lock) return fail_errno(errno);
    while (flock(lock.get(), LOCK_EX) != 0)
        if (errno != EINTR) return fail_errno(errno);
    if (ask_agent(folder, "ping")) return {};  // somebody else was quicker
    return spawn_agent(folder);
}

}  // namespace strait::tool
