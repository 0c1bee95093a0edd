// SPDX-License-Identifier: LGPL-2.1-or-later
// How programs come, fork, exec and end.

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstring>

#include "base/log.h"
#include "preload/door/door.h"
#include "preload/door/operations.h"

namespace strait::preload {

namespace {

constexpr Duration greeting_time = 5s;

Descriptor pidfd_of(pid_t pid) {
    return Descriptor(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
}

bool has_ended(const Descriptor& pidfd) {
    pollfd state{pidfd.get(), POLLIN, 0};
    return ::poll(&state, 1, 0) != 0;
}

class Ending {
  public:
    Ending(size_t& count, Signal& over) noexcept : count_(count), over_(over) { count_++; }
    Ending(const Ending&) = delete;
    ~Ending() {
        count_--;
        over_.notify_all();
    }

  private:
    size_t& count_;
    Signal& over_;
};

// The greeting may come in pieces.
struct Greeting {
    std::string bytes;
    std::vector<Descriptor> descriptors;
    shm::Hello hello{};
    std::string text;
};

Task<Greeting> receive_greeting(UnixStream& stream) {
    Greeting greeting;
    size_t wanted = sizeof(shm::Hello);
    while (greeting.bytes.size() < wanted) {
        UnixMessage message = co_await stream.receive_message();
        if (message.data.empty()) co_await Errc::closed;
        greeting.bytes.append(message.data.text());
        for (auto& each : message.descriptors) greeting.descriptors.push_back(std::move(each));
        if (greeting.bytes.size() < sizeof(shm::Hello)) continue;
        std::memcpy(&greeting.hello, greeting.bytes.data(), sizeof(shm::Hello));
        if (greeting.hello.magic != shm::magic) co_await Errc::protocol;
        if (greeting.hello.text_bytes > shm::hello_text_max) co_await Errc::toobig;
        wanted = sizeof(shm::Hello) + greeting.hello.text_bytes;
    }
    greeting.text = greeting.bytes.substr(sizeof(shm::Hello), greeting.hello.text_bytes);
    co_return greeting;
}

}  // namespace

Task<> RingDoor::accept() {
    for (;;) {
        UnixStream stream = co_await listener_.accept();
        tasks_.spawn(greet(std::move(stream)));
    }
}

Task<> RingDoor::greet(UnixStream stream) {
    PeerCredentials peer = co_await stream.peer_credentials();
    if (peer.uid != geteuid()) co_await Errc::perm;
    Greeting greeting =
        co_await reactor_.with_deadline(receive_greeting(stream), MonoClock::now() + greeting_time);
    if (greeting.hello.kind == static_cast<uint32_t>(shm::Kind::control)) {
        std::string answer =
            co_await control_(std::move(greeting.text), std::move(greeting.descriptors));
        co_await stream.send(BufferChain(Buffer::copy_of(answer)));
        co_return;
    }
    if (greeting.hello.kind == static_cast<uint32_t>(shm::Kind::pages)) {
        co_await send_pages(stream, greeting.hello);
        co_return;
    }
    auto outcome =
        co_await welcome(stream, greeting.hello, std::move(greeting.text), greeting.descriptors)
            .result();
    if (outcome) co_return;
    log_warn("a program (pid {}) was refused: {}", peer.pid, errc_text(outcome.error().code));
    shm::HelloReply reply{shm::magic, shm::version, to_errno(outcome.error().code), 0};
    BufferChain bytes(
        Buffer::copy_of(as_text({reinterpret_cast<std::byte*>(&reply), sizeof(reply)})));
    co_await stream.send(std::move(bytes));
}

Task<> RingDoor::welcome(UnixStream& stream, const shm::Hello& hello, std::string mounts,
                         const std::vector<Descriptor>& descriptors) {
    if (hello.version != shm::version) co_await Errc::protocol;
    if (descriptors.size() != 1) co_await Errc::inval;
    Ref<RingMemory> memory = co_await RingMemory::map(descriptors[0]);
    PeerCredentials peer = co_await stream.peer_credentials();
    vfs::FileSystem* files = co_await files_(mounts);
    ProcessRef program = co_await program_of(hello, peer.pid, files);
    program->memory = std::move(memory);
    program->files = files;
    rings_[program->number] = program;
    shm::HelloReply reply{shm::magic, shm::version, 0, program->number};
    BufferChain bytes(
        Buffer::copy_of(as_text({reinterpret_cast<std::byte*>(&reply), sizeof(reply)})));
    const int passed[] = {doorbell_.memfd()};
    co_await stream.send_message(std::move(bytes), passed);
}

// A mapping's number is the right to its pages: only its program was told it.
Task<> RingDoor::send_pages(UnixStream& stream, const shm::Hello& hello) {
    shm::HelloReply reply{shm::magic, shm::version, 0, 0};
    if (hello.version != shm::version) reply.error = EPROTO;
    Mapping* mapping = reply.error ? nullptr : maps_.find(hello.ticket);
    // Through the file's own open: one that may not write gets pages that cannot be written.
    bool writes = mapping && mapping->token->file->flags().access == vfs::OpenAccess::both;
    std::string path = "/proc/self/fd/" + std::to_string(mapping ? mapping->file->memfd() : -1);
    Descriptor pages;
    if (mapping) pages = Descriptor(open(path.c_str(), (writes ? O_RDWR : O_RDONLY) | O_CLOEXEC));
    if (!pages && !reply.error) reply.error = mapping ? errno : EBADF;
    BufferChain bytes(
        Buffer::copy_of(as_text({reinterpret_cast<std::byte*>(&reply), sizeof(reply)})));
    if (!pages) {
        co_await stream.send(std::move(bytes));
        co_return;
    }
    const int passed[] = {pages.get()};
    co_await stream.send_message(std::move(bytes), passed);
}

// The program with this pid: known, when it was exec'd since; else a new one.
Task<ProcessRef> RingDoor::program_of(const shm::Hello& hello, pid_t pid,
                                      const vfs::FileSystem* files) {
    ProcessRef program;
    auto known = programs_.find(pid);
    if (known != programs_.end() && !known->second->ended && !has_ended(known->second->pidfd)) {
        program = known->second;
        for (auto& [id, token] : program->holds) program->inherited.emplace(id, std::move(token));
        program->holds.clear();
        // A new image has no mappings.
        auto unmapped =
            co_await MappedFiles::give_up_all(std::exchange(program->maps, {})).result();
        if (!unmapped)
            log_error("what pid {} stored is lost: {}", pid, errc_text(unmapped.error().code));
    } else {
        Descriptor pidfd = pidfd_of(pid);
        if (!pidfd) co_await Error(from_errno(errno));
        uint32_t number = co_await free_ring();
        program = make_ref<Process>(pid, std::move(pidfd), number);
        auto parent = programs_.find(static_cast<pid_t>(hello.parent));
        if (parent != programs_.end() && parent->second->files == files)
            program->cwd = parent->second->cwd;
        programs_[pid] = program;
        rings_[number] = program;
        idle_since_ = MonoTime::max();
        tasks_.spawn(watch(program));
    }
    co_await claim_ticket(*program, hello.ticket);
    if (hello.holds == 0) {
        auto outcome =
            co_await give_up_all(std::exchange(program->inherited, {}), program->lock_owner())
                .result();
        if (!outcome) log_warn("write-back: {}", errc_text(outcome.error().code));
    }
    co_return program;
}

Result<uint32_t> RingDoor::free_ring() {
    for (uint32_t number = 0; number < rings_.size(); ++number)
        if (!rings_[number]) return number;
    return fail(Errc::mfile);
}

Task<> RingDoor::watch(ProcessRef program) {
    short seen = co_await reactor_.poll_fd(program->pidfd.get(), POLLIN);
    (void)seen;
    const Scope calm;  // once begun it goes to its end, whatever stops
    co_await end(program).within(calm);
}

Task<> RingDoor::end(ProcessRef program) {
    if (std::exchange(program->ended, true)) co_return;
    Ending ending(ending_, one_has_ended_);
    auto entry = programs_.find(program->pid);
    if (entry != programs_.end() && entry->second == program) programs_.erase(entry);
    program->requests.stop();
    co_await program->requests.close();
    rings_[program->number] = nullptr;
    for (auto& [id, token] : program->inherited) program->holds.emplace(id, std::move(token));
    program->inherited.clear();
    auto unmapped = co_await MappedFiles::give_up_all(std::exchange(program->maps, {})).result();
    if (!unmapped)
        log_error("what pid {} stored is lost: {}", program->pid, errc_text(unmapped.error().code));
    auto outcome =
        co_await give_up_all(std::exchange(program->holds, {}), program->lock_owner()).result();
    if (!outcome)
        log_error("what pid {} wrote is lost: {}", program->pid, errc_text(outcome.error().code));
    // Forks that were under way: a child that never came forward was never told of.
    std::vector<uint64_t> unbound;
    for (auto& [number, ticket] : tickets_)
        if (ticket.parent == program->pid && ticket.child == 0) unbound.push_back(number);
    for (uint64_t number : unbound) co_await drop_ticket(number);
    if (programs_.empty()) idle_since_ = MonoClock::now();
}

Task<bool> RingDoor::end_the_dead() {
    const Scope calm;
    std::vector<ProcessRef> programs;
    for (auto& [pid, program] : programs_)
        if (has_ended(program->pidfd)) programs.push_back(program);
    std::vector<uint64_t> forks;
    for (auto& [number, ticket] : tickets_) {
        Descriptor pidfd = ticket.child ? pidfd_of(ticket.child) : Descriptor();
        if (ticket.child && (!pidfd || has_ended(pidfd))) forks.push_back(number);
    }
    bool any = !programs.empty() || !forks.empty() || ending_ > 0;
    for (ProcessRef& each : programs) co_await end(each).within(calm);
    for (uint64_t each : forks) co_await drop_ticket(each).within(calm);
    while (ending_ > 0) co_await one_has_ended_.wait();
    co_return any;
}

// Who waits for a program's end and then asks for what it had locked finds it free.
Task<> RingDoor::lock_after_the_dead(Exchange& exchange) {
    auto outcome = co_await op_lock(exchange).result();
    bool refused = !outcome && outcome.error() == Errc::again && !exchange.may_wait();
    if (refused) refused = co_await end_the_dead();
    if (!refused) co_await outcome;
    if (refused) co_await op_lock(exchange);
}

// --- fork

Task<> RingDoor::op_fork_prepare(Exchange& exchange) {
    uint64_t number = next_ticket_++;
    Ticket& ticket = tickets_[number];
    ticket.parent = exchange.process->pid;
    ticket.holds = exchange.process->holds;
    ticket.maps = exchange.process->maps;
    for (auto& [id, token] : exchange.process->inherited) ticket.holds.emplace(id, token);
    exchange.reply.value = number;
    co_return;
}

Task<> RingDoor::op_fork_bind(Exchange& exchange) {
    uint64_t number = exchange.request.count;
    auto ticket = tickets_.find(number);
    if (ticket == tickets_.end()) co_return;  // the child has claimed it already
    if (ticket->second.parent != exchange.process->pid) co_await Errc::perm;
    auto child = static_cast<pid_t>(exchange.request.arg);
    Descriptor pidfd = child > 0 ? pidfd_of(child) : Descriptor();
    if (!pidfd) {  // the fork failed, or the child is gone
        co_await drop_ticket(number);
        co_return;
    }
    // It came before the parent said whose it is, as an image that knows no ticket: what it holds
    // it has named.
    auto known = programs_.find(child);
    if (known != programs_.end() && known->second->memory && !has_ended(known->second->pidfd)) {
        co_await drop_ticket(number);
        co_return;
    }
    ticket->second.child = child;
    tasks_.spawn(watch_child(number, std::move(pidfd)));
}

Task<> RingDoor::watch_child(uint64_t number, Descriptor pidfd) {
    short seen = co_await reactor_.poll_fd(pidfd.get(), POLLIN);
    (void)seen;
    const Scope calm;
    co_await drop_ticket(number).within(calm);
}

Task<> RingDoor::drop_ticket(uint64_t number) {
    auto node = tickets_.extract(number);
    if (node.empty()) co_return;
    Ending ending(ending_, one_has_ended_);
    auto unmapped = co_await MappedFiles::give_up_all(std::move(node.mapped().maps)).result();
    if (!unmapped) log_error("pages after a fork: {}", errc_text(unmapped.error().code));
    auto outcome = co_await give_up_all(std::move(node.mapped().holds), 0).result();
    if (!outcome) log_error("write-back after a fork: {}", errc_text(outcome.error().code));
}

// What the parent held for this child, by the ticket it was given, and by its pid when an image
// that knew the ticket has exec'd another.
Task<> RingDoor::claim_ticket(Process& program, uint64_t number) {
    Mappings gone;  // with the image that inherited them
    for (auto at = tickets_.begin(); at != tickets_.end();) {
        Ticket& ticket = at->second;
        bool mine = at->first == number || (ticket.child && ticket.child == program.pid);
        if (mine) {
            for (auto& [id, token] : ticket.holds) program.inherited.emplace(id, std::move(token));
            Mappings& heir = at->first == number ? program.maps : gone;
            for (auto& [id, mapping] : ticket.maps) heir.emplace(id, std::move(mapping));
        }
        at = mine ? tickets_.erase(at) : std::next(at);
    }
    auto outcome = co_await MappedFiles::give_up_all(std::move(gone)).result();
    if (!outcome) log_error("pages after a fork: {}", errc_text(outcome.error().code));
}

// The program names all that it holds. What it inherited and does not name is given up; what it
// names and did not inherit came by a descriptor, which is right enough.
Task<> RingDoor::op_adopt(Exchange& exchange) {
    Process& program = *exchange.process;
    Bytes sent = exchange.sent();
    for (size_t at = 0; at + sizeof(uint64_t) <= sent.size(); at += sizeof(uint64_t)) {
        uint64_t id;
        std::memcpy(&id, sent.data() + at, sizeof(id));
        auto node = program.inherited.extract(id);
        TokenRef token = node.empty() ? tokens_.find(id) : std::move(node.mapped());
        if (!token) continue;
        token->adopted.set();
        program.holds.emplace(id, std::move(token));
    }
    co_await give_up_all(std::exchange(program.inherited, {}), program.lock_owner());
}

// --- descriptors on their way

// The sender may close at once: the open lives until a receiver has taken it, or for a minute.
Task<> RingDoor::op_lend(Exchange& exchange) {
    TokenRef token = co_await exchange.token();
    token->adopted.reset();
    tasks_.spawn(keep_lent(std::move(token)));
}

Task<> RingDoor::keep_lent(TokenRef token) {
    constexpr Duration on_the_way = 60s;
    auto taken =
        co_await reactor_.with_deadline(token->adopted.wait(), MonoClock::now() + on_the_way)
            .result();
    if (!taken) log_debug("a descriptor that was sent was not taken");
    const Scope calm;
    co_await give_up(std::move(token), 0).within(calm);
}

}  // namespace strait::preload
