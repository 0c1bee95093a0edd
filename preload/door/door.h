// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The ring door: answers the shim's requests from vfs::FileSystem. Programs come through a Unix
// socket, hand their ring over and close it; from then on the doorbell tells of requests and a
// pidfd of the program's end. One core.
//
// Bounded: there are shm::ring_limit programs at most, and a program has fair_share() requests
// under way, its second not before everybody's first: between 64 for one alone and 4 in a crowd.
// What is beyond stays in its ring, whose slots are the limit of what it can ask. Requests that
// wait for a lock do not count, or they would keep out what they wait for.

#include <array>
#include <deque>
#include <functional>

#include "preload/door/exchange.h"
#include "reactor/reactor.h"
#include "reactor/unix_stream.h"

namespace strait::preload {

class RingDoor final : private Watch {
  public:
    // The file system of a mounts' specification, made at first use; it outlives the door.
    using Factory = std::function<Task<vfs::FileSystem*>(std::string_view mounts)>;
    // The answer to a line of the control protocol, which descriptors may have come with.
    using Control =
        std::function<Task<std::string>(std::string line, std::vector<Descriptor> descriptors)>;

    // `listener` is bound in a folder that only this user may enter.
    static Result<std::unique_ptr<RingDoor>> create(Reactor& reactor, UnixListener listener,
                                                    Factory files, Control control);
    ~RingDoor();
    RingDoor(const RingDoor&) = delete;
    // Serves until the scope stops; then ends what is under way, writing back what programs wrote.
    Task<> serve();

    struct Program {
        pid_t pid;
        size_t open_files;
        uint64_t calls;  // answered since it connected
    };
    // In the order of their pids.
    std::vector<Program> list_programs() const;
    size_t programs() const noexcept { return programs_.size(); }
    size_t open_files() const noexcept { return tokens_.size(); }
    // Requests answered, by shm::Op.
    const std::array<uint64_t, static_cast<size_t>(shm::Op::count_)>& calls() const noexcept {
        return calls_;
    }
    void reset_counters() noexcept { calls_.fill(0); }
    // Since when there has been no program; MonoTime::max() while there is one.
    MonoTime idle_since() const noexcept { return idle_since_; }

  private:
    struct Ticket {
        Holding holds;
        Mappings maps;
        pid_t parent = 0, child = 0;
    };
    RingDoor(Reactor& reactor, UnixListener listener, DoorbellMemory bell, Factory files,
             Control control);

    Task<> shut_down();
    Task<> accept();
    Task<> greet(UnixStream stream);
    Task<> welcome(UnixStream& stream, const shm::Hello& hello, std::string mounts,
                   const std::vector<Descriptor>& descriptors);
    Task<ProcessRef> program_of(const shm::Hello& hello, pid_t pid, const vfs::FileSystem* files);
    Task<> watch(ProcessRef program);
    Task<> end(ProcessRef program);
    // Programs that have ended, though the kernel's word of it has not been taken yet: gives up
    // what they held, and says whether there were any.
    Task<bool> end_the_dead();
    Task<> send_pages(UnixStream& stream, const shm::Hello& hello);
    Task<> claim_ticket(Process& program, uint64_t number);
    Task<> drop_ticket(uint64_t number);
    Task<> watch_child(uint64_t number, Descriptor pidfd);

    bool look() noexcept override;
    Duration patience() noexcept override;
    bool sleep() noexcept override;
    void awake() noexcept override;
    Task<> answer_doorbell();
    void take_all();
    void take(const ProcessRef& program);
    void enqueue(const ProcessRef& program);
    void start_queued();
    void start_one(const ProcessRef& program);
    size_t fair_share() const noexcept;
    Task<> run(ProcessRef program, size_t slot);
    Task<> dispatch(Exchange& exchange);
    Task<> op_adopt(Exchange& exchange);
    Task<> lock_after_the_dead(Exchange& exchange);
    Task<> op_fork_prepare(Exchange& exchange);
    Task<> op_fork_bind(Exchange& exchange);
    Task<> op_lend(Exchange& exchange);
    Task<> keep_lent(TokenRef token);

    Result<uint32_t> free_ring();

    Reactor& reactor_;
    UnixListener listener_;
    DoorbellMemory doorbell_;
    Factory files_;
    Control control_;
    TokenTable tokens_;
    MappedFiles maps_;
    Changes changes_{doorbell_};
    std::unordered_map<pid_t, ProcessRef> programs_;
    std::vector<ProcessRef> rings_;  // by their number in the doorbell
    size_t first_ring_ = 0;          // where the next turn begins
    std::deque<ProcessRef> queue_;   // programs with requests that have not begun
    size_t busy_ = 0;                // programs with requests that count
    bool starting_ = false;
    uint32_t looked_at_ = 0;    // the doorbell's sequence when we last looked
    MonoTime nothing_to_do_{};  // since when; MonoTime{}: there is something
    int quick_ = 0;             // how often of late requests came soon after
    const bool may_look_on_;    // another core is there for the programs
    std::unordered_map<uint64_t, Ticket> tickets_;
    uint64_t next_ticket_ = 1;
    size_t ending_ = 0;  // programs and forks whose holdings are being given up
    Signal one_has_ended_;
    std::array<uint64_t, static_cast<size_t>(shm::Op::count_)> calls_{};
    MonoTime idle_since_ = MonoClock::now();
    Nursery tasks_;
};

}  // namespace strait::preload
