// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/shim/connect.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "preload/shim/raw.h"
#include "preload/shim/report.h"
#include "preload/shim/ring_client.h"
#include "preload/shim/settings.h"
#include "preload/shim/start_agent.h"
#include "preload/shim/table.h"
#include "wire/shm/agent_name.h"

namespace strait::preload {

namespace {

// In a page that a child finds wiped, whatever kind of fork made it.
struct Mine {
    Link* link;
    uint32_t connecting;  // futex: 1 while a thread connects
    uint32_t long_waits;
    uint32_t map_lock;
    uint32_t sharing;
};
Mine* mine;

__attribute__((tls_model("initial-exec"))) thread_local uint64_t ticket;
// This thread connects and says hello: should the agent end meanwhile, its call fails, and does not
// wait for the connection that it is part of.
__attribute__((tls_model("initial-exec"))) thread_local bool adopting;

template <class T>
T* map(size_t size, int flags, int fd) noexcept {
    void* at = raw::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, fd, 0);
    return raw::failed(at) ? nullptr : static_cast<T*>(at);
}

int connect_to_agent() noexcept {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    size_t size = strlen(settings.agent);
    const auto& name = shm::agent_socket.text;
    if (size + sizeof(name) > sizeof(address.sun_path)) return -ENAMETOOLONG;
    memcpy(address.sun_path, settings.agent, size);
    memcpy(address.sun_path + size, name, sizeof(name));
    int fd = static_cast<int>(raw::call(SYS_socket, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (fd < 0) return fd;
    long result = raw::call(SYS_connect, fd, raw::as_long(&address), sizeof(address));
    if (result == 0) return fd;
    raw::close(fd);
    return static_cast<int>(result);
}

int make_ring() noexcept {
    int fd = static_cast<int>(
        raw::call(SYS_memfd_create, raw::as_long("strait-ring"), MFD_CLOEXEC | MFD_ALLOW_SEALING));
    if (fd < 0) return fd;
    if (raw::call(SYS_fchmod, fd, 0600) != 0 ||
        raw::call(SYS_ftruncate, fd, sizeof(shm::Ring)) != 0 ||
        raw::fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        raw::close(fd);
        return -ENOMEM;
    }
    return fd;
}

long send_hello(int socket, int ring_fd) noexcept {
    shm::Hello hello{};
    hello.magic = shm::magic;
    hello.version = shm::version;
    hello.kind = static_cast<uint32_t>(shm::Kind::ring);
    hello.text_bytes = static_cast<uint32_t>(strlen(settings.mounts));
    hello.ticket = ticket;
    hello.holds = static_cast<uint32_t>(open_count());
    hello.parent = static_cast<uint32_t>(raw::call(SYS_getppid));
    iovec parts[2] = {{&hello, sizeof(hello)},
                      {const_cast<char*>(settings.mounts), hello.text_bytes}};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(head), &ring_fd, sizeof(int));
    return raw::call(SYS_sendmsg, socket, raw::as_long(&message), MSG_NOSIGNAL);
}

// The doorbell's descriptor, or -errno.
int receive_welcome(int socket, shm::HelloReply& reply) noexcept {
    iovec part{&reply, sizeof(reply)};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    long got;
    do got = raw::call(SYS_recvmsg, socket, raw::as_long(&message), MSG_CMSG_CLOEXEC);
    while (got == -EINTR);
    if (got < 0) return static_cast<int>(got);
    if (got == 0) return -ECONNRESET;
    if (got != sizeof(reply) || reply.magic != shm::magic) return -EIO;
    if (reply.version != shm::version) return -EPROTO;
    if (reply.error) return -reply.error;
    cmsghdr* head = CMSG_FIRSTHDR(&message);
    if (!head || head->cmsg_type != SCM_RIGHTS) return -EIO;
    int fd;
    memcpy(&fd, CMSG_DATA(head), sizeof(int));
    return fd;
}

int shake_hands(int socket, int ring_fd, Link& link) noexcept {
    long sent = send_hello(socket, ring_fd);
    if (sent < 0) return static_cast<int>(sent);
    shm::HelloReply reply{};
    int bell = receive_welcome(socket, reply);
    if (bell < 0) return bell;
    link.doorbell = map<shm::Doorbell>(shm::doorbell_bytes, MAP_SHARED, bell);
    raw::close(bell);
    if (!link.doorbell) return -ENOMEM;
    link.number = reply.ring % shm::ring_limit;
    link.instance = link.doorbell->instance;
    return 0;
}

// That this process may use.
int processors() noexcept {
    uint64_t set[16] = {};
    if (raw::call(SYS_sched_getaffinity, 0, sizeof(set), raw::as_long(set)) < 0) return 1;
    int count = 0;
    for (uint64_t each : set) count += __builtin_popcountll(each);
    return count;
}

int connect_ring(Link& link) noexcept {
    int socket = connect_to_agent();
    if (socket < 0) return socket;
    int ring_fd = make_ring();
    int error = ring_fd;
    if (ring_fd >= 0) {
        link.ring = map<shm::Ring>(sizeof(shm::Ring), MAP_SHARED | MAP_NORESERVE, ring_fd);
        error = link.ring ? 0 : -ENOMEM;
        if (link.ring) {
            raw::call(SYS_madvise, raw::as_long(link.ring), sizeof(shm::Ring), MADV_DONTFORK);
            link.ring->header.magic = shm::magic;
            link.ring->header.version = shm::version;
            error = shake_hands(socket, ring_fd, link);
        }
        raw::close(ring_fd);
    }
    raw::close(socket);
    link.free = ~uint64_t{0};
    link.patience.set_processors(processors());
    return error;
}

// Nobody listens there, or who did has just ended.
bool is_absence(int error) noexcept {
    return error == ENOENT || error == ECONNREFUSED || error == ECONNRESET || error == EPIPE;
}

Link* make_link(int& error) noexcept {
    Link* link = map<Link>(4096, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    error = link ? -connect_ring(*link) : ENOMEM;
    if (is_absence(error) && start_agent()) error = -connect_ring(*link);
    if (error == 0) return link;
    report_failure("cannot reach the agent", settings.agent, error);
    if (link) raw::munmap(link, 4096);
    error = EIO;
    return nullptr;
}

// Who are we to wait for: another thread that connects. A handler of this one cannot come between;
// ^C and kill work, should the agent not answer.
Link* connect_once(int& error) noexcept {
    raw::HandlersHeld held;
    while (__atomic_exchange_n(&mine->connecting, 1, __ATOMIC_ACQUIRE))
        raw::futex_wait(&mine->connecting, 1, nullptr);
    Link* link = __atomic_load_n(&mine->link, __ATOMIC_ACQUIRE);
    if (!link) {
        link = make_link(error);
        __atomic_store_n(&mine->link, link, __ATOMIC_RELEASE);
        adopting = true;
        if (link) adopt_all();
        adopting = false;
        ticket = 0;
    }
    __atomic_store_n(&mine->connecting, 0, __ATOMIC_RELEASE);
    raw::futex_wake(&mine->connecting, 1);
    return link;
}

// /proc/PID/stat's state and start time (fields 3 and 22); the name in field 2 may hold anything.
bool process_runs(uint32_t pid, uint64_t start_time) noexcept {
    char path[32] = "/proc/", digits[12], text[512];
    size_t at = 6, count = 0;
    for (uint32_t rest = pid; rest || !count; rest /= 10)
        digits[count++] = static_cast<char>('0' + rest % 10);
    while (count) path[at++] = digits[--count];
    memcpy(path + at, "/stat", 6);
    int fd = raw::open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fd != -ENOENT;
    long size = raw::read(fd, text, sizeof(text) - 1);
    raw::close(fd);
    if (size <= 0) return false;
    text[size] = 0;
    const char* field = strrchr(text, ')');
    if (!field || strlen(field) < 3) return true;
    field += 2;
    if (*field == 'Z' || *field == 'X') return false;
    for (int skip = 3; skip < 22; ++skip) {
        field = strchr(field, ' ');
        if (!field) return true;
        ++field;
    }
    uint64_t started = 0;
    for (; *field >= '0' && *field <= '9'; ++field)
        started = started * 10 + static_cast<uint64_t>(*field - '0');
    return started == start_time;
}

}  // namespace

uint32_t* map_lock() noexcept { return &mine->map_lock; }

int fetch_pages(uint64_t mapping) noexcept {
    int socket = connect_to_agent();
    if (socket < 0) return socket;
    shm::Hello hello{};
    hello.magic = shm::magic;
    hello.version = shm::version;
    hello.kind = static_cast<uint32_t>(shm::Kind::pages);
    hello.ticket = mapping;
    shm::HelloReply reply{};
    long result = raw::call(SYS_sendto, socket, raw::as_long(&hello), sizeof(hello), MSG_NOSIGNAL);
    if (result >= 0) result = receive_welcome(socket, reply);
    raw::close(socket);
    return static_cast<int>(result);
}

void prepare_connecting() noexcept {
    if (mine) return;
    auto* page = map<Mine>(4096, MAP_PRIVATE | MAP_ANONYMOUS, -1);
    if (page) raw::call(SYS_madvise, raw::as_long(page), 4096, MADV_WIPEONFORK);
    mine = page;
}

Link* link(int& error) noexcept {
    if (!mine) {
        error = ENOMEM;
        return nullptr;
    }
    Link* link = __atomic_load_n(&mine->link, __ATOMIC_ACQUIRE);
    if (adopting) {
        if (!link) error = EIO;
        return link;
    }
    if (link && shm::known_ended(*link->doorbell)) {
        drop_link(link);
        link = nullptr;
    }
    return link ? link : connect_once(error);
}

void drop_link(Link* link) noexcept {
    __atomic_compare_exchange_n(&mine->link, &link, nullptr, false, __ATOMIC_ACQ_REL,
                                __ATOMIC_ACQUIRE);
}

bool dropped(const Link* link) noexcept {
    return __atomic_load_n(&mine->link, __ATOMIC_ACQUIRE) != link;
}

bool is_current(const Link* link) noexcept {
    return mine && __atomic_load_n(&mine->link, __ATOMIC_ACQUIRE) == link &&
           !shm::known_ended(*link->doorbell);
}

void begin_sharing() noexcept {
    if (mine) __atomic_fetch_add(&mine->sharing, 1, __ATOMIC_SEQ_CST);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void end_sharing() noexcept {
    if (mine) __atomic_fetch_sub(&mine->sharing, 1, __ATOMIC_SEQ_CST);
}

bool is_sharing() noexcept {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return mine && __atomic_load_n(&mine->sharing, __ATOMIC_SEQ_CST) != 0;
}

bool enter_long_wait() noexcept {
    constexpr uint32_t most = shm::slot_count * 3 / 4;
    if (!mine || __atomic_fetch_add(&mine->long_waits, 1, __ATOMIC_RELAXED) < most) return true;
    leave_long_wait();
    return false;
}

void leave_long_wait() noexcept {
    if (mine) __atomic_fetch_sub(&mine->long_waits, 1, __ATOMIC_RELAXED);
}

bool agent_alive(const Link& link) noexcept {
    const shm::Doorbell& bell = *link.doorbell;
    return !shm::known_ended(bell) && process_runs(bell.pid, bell.start_time);
}

bool connected() noexcept { return mine && __atomic_load_n(&mine->link, __ATOMIC_ACQUIRE); }

uint64_t agent_instance() noexcept {
    Link* link = mine ? __atomic_load_n(&mine->link, __ATOMIC_ACQUIRE) : nullptr;
    return link ? link->instance : 0;
}

void set_ticket(uint64_t value) noexcept { ticket = value; }

}  // namespace strait::preload
