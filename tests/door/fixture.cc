// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/door/fixture.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include <cstring>
#include <filesystem>
#include <future>

#include "backend/memory/memory.h"

namespace strait::preload {

DoorThread::DoorThread() {
    char name[] = "/tmp/strait-door-XXXXXX";
    folder_ = mkdtemp(name);
    socket_ = folder_ + "/agent.sock";
    store_ = std::move(*backend::make_memory_store("mode=0777"));
    volume_ = std::make_unique<vfs::StepBackend>(*store_);
    std::promise<void> ready;
    thread_ = std::thread([this, &ready] {
        reactor_ = std::move(*Reactor::create());
        auto listener = UnixListener::bind(*reactor_, *Address::unix_socket(socket_));
        ASSERT_TRUE(listener.has_value());
        ready.set_value();
        vfs::FileSystemOptions options;
        options.sleep = [this](Duration time) { return reactor_->sleep_for(time); };
        vfs::FileSystem files(std::move(options));
        struct Borrowed final : vfs::Backend {
            explicit Borrowed(vfs::Backend& owner) : backend(owner) {}
            Task<vfs::Reply> run(const vfs::Compound& program) override {
                return backend.run(program);
            }
            vfs::Capabilities capabilities() const override { return backend.capabilities(); }
            vfs::Backend& backend;
        };
        ASSERT_TRUE(files.mount("/n", std::make_unique<Borrowed>(*volume_)).has_value());
        auto made = RingDoor::create(
            *reactor_, std::move(*listener),
            [&files](std::string_view) -> Task<vfs::FileSystem*> { co_return &files; },
            [](std::string line, std::vector<Descriptor>) -> Task<std::string> { co_return line; });
        ASSERT_TRUE(made.has_value());
        door_ = std::move(*made);
        (void)reactor_->block_on(serve_door());
        (void)reactor_->block_on(files.close());
        door_.reset();
        reactor_.reset();
    });
    ready.get_future().wait();
}

Task<> DoorThread::serve_door() {
    Scope scope{never, &stop_};
    co_await door_->serve().within(scope);
}

DoorThread::~DoorThread() {
    reactor_->post([this] { stop_.request_stop(); });
    thread_.join();
    std::filesystem::remove_all(folder_);
}

size_t DoorThread::ask(std::function<size_t()> question) {
    std::promise<size_t> answer;
    reactor_->post([&] { answer.set_value(question()); });
    return answer.get_future().get();
}
size_t DoorThread::open_files() {
    return ask([this] { return door_->open_files(); });
}
size_t DoorThread::programs() {
    return ask([this] { return door_->programs(); });
}
size_t DoorThread::calls(shm::Op op) {
    return ask([this, op] { return door_->calls()[static_cast<size_t>(op)]; });
}

namespace {

Descriptor make_ring(const Greeting& greeting) {
    Descriptor memory(memfd_create("ring", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    EXPECT_EQ(ftruncate(memory.get(), static_cast<off_t>(greeting.ring_bytes)), 0);
    if (greeting.sealed) fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW);
    return memory;
}

void send_greeting(int socket, const Greeting& greeting, int ring_fd) {
    constexpr char mounts[] = "/n=memory:";
    shm::Hello hello{greeting.magic,
                     greeting.version,
                     static_cast<uint32_t>(shm::Kind::ring),
                     sizeof(mounts) - 1,
                     greeting.ticket,
                     greeting.holds,
                     0};
    iovec parts[2] = {{&hello, sizeof(hello)}, {const_cast<char*>(mounts), sizeof(mounts) - 1}};
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
    std::memcpy(CMSG_DATA(head), &ring_fd, sizeof(int));
    EXPECT_GT(sendmsg(socket, &message, MSG_NOSIGNAL), 0);
}

// The doorbell's descriptor comes with the reply.
bool receive_reply(int socket, shm::HelloReply& reply, Descriptor& bell) {
    iovec part{&reply, sizeof(reply)};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof(control);
    if (recvmsg(socket, &message, MSG_CMSG_CLOEXEC) != sizeof(reply)) return false;
    if (cmsghdr* head = CMSG_FIRSTHDR(&message)) {
        int fd;
        std::memcpy(&fd, CMSG_DATA(head), sizeof(int));
        bell = Descriptor(fd);
    }
    return true;
}

}  // namespace

int Program::connect(const std::string& path, Greeting greeting) {
    Descriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0)
        return errno;
    Descriptor memory = make_ring(greeting);
    send_greeting(socket.get(), greeting, memory.get());
    shm::HelloReply reply{};
    Descriptor bell;
    if (!receive_reply(socket.get(), reply, bell)) return EPIPE;
    if (reply.error) return reply.error;
    number_ = reply.ring;
    constexpr int access = PROT_READ | PROT_WRITE;
    ring_ = static_cast<shm::Ring*>(
        mmap(nullptr, sizeof(shm::Ring), access, MAP_SHARED, memory.get(), 0));
    bell_ = static_cast<shm::Doorbell*>(
        mmap(nullptr, shm::doorbell_bytes, access, MAP_SHARED, bell.get(), 0));
    return 0;
}

shm::Request& Program::request(shm::Op op, size_t slot) {
    shm::Slot& mine = ring_->slots[slot];
    mine.state = shm::slot_claimed;
    mine.called_off = 0;
    mine.request = {};
    mine.request.op = static_cast<uint16_t>(op);
    return mine.request;
}

void Program::request_lock(uint64_t token, uint32_t how, size_t slot) {
    shm::Request& asked = request(shm::Op::lock, slot);
    asked.token = token;
    asked.count = ~uint64_t{0};
    asked.arg = shm::lock_exclusive | how;
}

void Program::path(const char* text, size_t slot) {
    std::strcpy(ring_->names[slot].path, text);
    ring_->slots[slot].request.path_bytes = static_cast<uint32_t>(std::strlen(text));
}

void Program::submit(size_t slot) {
    ring_->slots[slot].sleeping = 1;
    shm::submit(*ring_, slot, *bell_, number_);
    wake_door();
}

void Program::wake_door() {
    syscall(SYS_futex, &bell_->sequence, FUTEX_WAKE, 1, nullptr, nullptr, 0);
}

const shm::Reply& Program::wait(size_t slot) {
    shm::Slot& mine = ring_->slots[slot];
    while (__atomic_load_n(&mine.state, __ATOMIC_ACQUIRE) != shm::slot_done)
        syscall(SYS_futex, &mine.state, FUTEX_WAIT, shm::slot_submitted, nullptr, nullptr, 0);
    return mine.reply;
}

int Program::call(size_t slot) {
    submit(slot);
    return wait(slot).error;
}

uint64_t Program::open(const char* text, uint32_t flags) {
    request(shm::Op::open);
    path(text);
    ring_->slots[0].request.flags = flags | shm::flag_follow;
    ring_->slots[0].request.mode = 0644;
    EXPECT_EQ(call(), 0) << text;
    return ring_->slots[0].reply.value;
}

}  // namespace strait::preload
