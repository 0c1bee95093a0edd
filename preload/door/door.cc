// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/door/door.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "base/log.h"
#include "preload/door/operations.h"

namespace strait::preload {

namespace {
constexpr Duration longest_look = 25us;
constexpr Duration soon_after = 60us;  // a wake-up included
constexpr int quick_limit = 8;
}  // namespace

Result<std::unique_ptr<RingDoor>> RingDoor::create(Reactor& reactor, UnixListener listener,
                                                   Factory files, Control control) {
    auto bell = DoorbellMemory::create();
    if (!bell) return fail(bell.error());
    return std::unique_ptr<RingDoor>(new RingDoor(reactor, std::move(listener), std::move(*bell),
                                                  std::move(files), std::move(control)));
}

RingDoor::RingDoor(Reactor& reactor, UnixListener listener, DoorbellMemory bell, Factory files,
                   Control control)
    : reactor_(reactor),
      listener_(std::move(listener)),
      doorbell_(std::move(bell)),
      files_(std::move(files)),
      control_(std::move(control)),
      maps_([&reactor] { return reactor.sleep_for(Duration::zero()); }),
      rings_(shm::ring_limit),
      may_look_on_(std::thread::hardware_concurrency() > 1) {
    reactor_.watch(this);
}

RingDoor::~RingDoor() { reactor_.watch(nullptr); }

std::vector<RingDoor::Program> RingDoor::list_programs() const {
    std::vector<Program> list;
    for (const auto& [pid, program] : programs_)
        list.push_back({pid, program->holds.size(), program->calls});
    std::ranges::sort(list, {}, &Program::pid);
    return list;
}

Task<> RingDoor::serve() {
    tasks_.spawn(accept());
    auto ended = co_await answer_doorbell().result();
    // From now on programs look for another agent, while this one writes back what they wrote.
    doorbell_.say_closed();
    // Our own scope has stopped by now; ending in order takes waits.
    const Scope calm;
    co_await shut_down().within(calm);
    if (!ended && ended.error() != Errc::cancelled) co_await ended;
}

Task<> RingDoor::shut_down() {
    tasks_.stop();
    co_await tasks_.close();
    std::vector<ProcessRef> left;
    for (auto& [pid, program] : programs_) left.push_back(program);
    for (auto& program : left) co_await end(program);
    while (!tickets_.empty()) co_await drop_ticket(tickets_.begin()->first);
}

// A sequence that moved on means that something is there; who moves it on while we are awake need
// not ring.
bool RingDoor::look() noexcept {
    uint32_t now = __atomic_load_n(&doorbell_.bell().sequence, __ATOMIC_SEQ_CST);
    if (now == looked_at_) return false;
    looked_at_ = now;
    if (nothing_to_do_ != MonoTime{}) {
        bool soon = MonoClock::now() - nothing_to_do_ < soon_after;
        quick_ = std::clamp(quick_ + (soon ? 1 : -1), 0, quick_limit);
        nothing_to_do_ = {};
    }
    take_all();
    return true;
}

// A program that asks one thing after the other asks the next one sooner than a wake-up takes.
// While it waits for us it does not.
Duration RingDoor::patience() noexcept {
    if (nothing_to_do_ == MonoTime{}) nothing_to_do_ = MonoClock::now();
    return may_look_on_ && quick_ > 0 && busy_ == 0 ? longest_look : Duration::zero();
}

bool RingDoor::sleep() noexcept {
    shm::Doorbell& bell = doorbell_.bell();
    __atomic_store_n(&bell.sleeping, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&bell.sequence, __ATOMIC_SEQ_CST) == looked_at_) return true;
    awake();
    return false;
}

void RingDoor::awake() noexcept {
    __atomic_store_n(&doorbell_.bell().sleeping, 0, __ATOMIC_SEQ_CST);
}

Task<> RingDoor::answer_doorbell() {
    auto* sequence = reinterpret_cast<std::atomic<uint32_t>*>(&doorbell_.bell().sequence);
    for (;;) {
        look();
        co_await reactor_.futex_wait(sequence, looked_at_);
    }
}

void RingDoor::take_all() {
    shm::Doorbell& bell = doorbell_.bell();
    constexpr size_t words = shm::ring_limit / 64;
    size_t first = first_ring_ / 64;
    for (size_t turn = 0; turn < words; ++turn) {
        size_t word = (first + turn) % words;
        if (__atomic_load_n(&bell.ready[word], __ATOMIC_RELAXED) == 0) continue;
        uint64_t ready = __atomic_exchange_n(&bell.ready[word], 0, __ATOMIC_SEQ_CST);
        for (; ready; ready &= ready - 1) {
            size_t number = word * 64 + static_cast<size_t>(__builtin_ctzll(ready));
            first_ring_ = (number + 1) % shm::ring_limit;
            if (ProcessRef program = rings_[number]) take(program);
        }
    }
    start_queued();
}

// A bit says no more than "look": a new request, or one under way that is called off.
void RingDoor::take(const ProcessRef& program) {
    shm::Ring& ring = program->memory->ring();
    for (uint64_t pending = shm::take_pending(ring); pending; pending &= pending - 1) {
        auto slot = static_cast<size_t>(__builtin_ctzll(pending));
        uint64_t bit = uint64_t{1} << slot;
        if (program->under_way & bit) {
            StopSource* wait = program->waits[slot];
            if (wait && shm::called_off(ring.slots[slot])) wait->request_stop(Errc::interrupted);
        } else if (shm::submitted(ring.slots[slot])) {
            program->waiting |= bit;
            if (shm::is_posted(ring.slots[slot])) program->posted |= bit;
        }
    }
    enqueue(program);
}

void RingDoor::enqueue(const ProcessRef& program) {
    if (program->queued || program->waiting == 0) return;
    program->queued = true;
    queue_.push_back(program);
}

size_t RingDoor::fair_share() const noexcept {
    constexpr size_t all = 128, least = 4;
    return std::clamp(all / std::max<size_t>(busy_, 1), least, shm::slot_count);
}

// One of each program in turn, until nobody has any or may begin one.
void RingDoor::start_queued() {
    if (std::exchange(starting_, true)) return;
    for (size_t refused = 0; refused < queue_.size();) {
        ProcessRef program = std::move(queue_.front());
        queue_.pop_front();
        program->queued = false;
        if (program->ended) continue;
        if (program->counted < fair_share()) {
            start_one(program);
            refused = 0;
        } else {
            ++refused;
        }
        enqueue(program);
    }
    starting_ = false;
}

void RingDoor::start_one(const ProcessRef& program) {
    uint64_t later = program->waiting & ~uint64_t{0} << program->next_slot;
    if (later == 0) later = program->waiting;
    auto slot = static_cast<size_t>(__builtin_ctzll(program->posted ? program->posted : later));
    program->next_slot = (slot + 1) % shm::slot_count;
    uint64_t bit = uint64_t{1} << slot;
    program->waiting &= ~bit;
    program->posted &= ~bit;
    program->under_way |= bit;
    program->requests.spawn(run(program, slot));
    if (program->under_way & bit) shm::tell_slow(program->memory->ring().slots[slot]);
}

Task<> RingDoor::run(ProcessRef program, size_t slot) {
    Exchange exchange(program, tokens_, maps_, changes_, slot);
    const bool counts = !exchange.may_wait();
    if (counts && program->counted++ == 0) ++busy_;
    auto sound = exchange.check();
    const bool changes = sound && may_change(exchange.request);
    // Who waits for a lock changes nothing meanwhile.
    if (changes) counts ? changes_.begin() : changes_.grow();
    if (sound && exchange.request.flags & shm::flag_position)
        sound = co_await take_position(exchange).result();
    auto outcome = sound ? co_await dispatch(exchange).result() : sound;
    if (changes) counts ? changes_.end() : changes_.grow();
    changes_.look(program->files, program->seen_news);
    ++program->calls;
    if (sound) ++calls_[exchange.request.op];
    if (counts && --program->counted == 0) --busy_;
    program->under_way &= ~(uint64_t{1} << slot);
    exchange.finish(outcome ? Error(Errc::ok) : outcome.error());
    start_queued();
}

Task<> RingDoor::dispatch(Exchange& exchange) {
    switch (static_cast<shm::Op>(exchange.request.op)) {
        case shm::Op::none:
        case shm::Op::count_:
            break;
        case shm::Op::adopt:
            return op_adopt(exchange);
        case shm::Op::fork_prepare:
            return op_fork_prepare(exchange);
        case shm::Op::fork_bind:
            return op_fork_bind(exchange);
        case shm::Op::lend:
            return op_lend(exchange);
        case shm::Op::lock:
            return lock_after_the_dead(exchange);
#define X(name)         \
    case shm::Op::name: \
        return op_##name(exchange);
            STRAIT_DOOR_OPS(X)
#undef X
    }
    return [](Exchange&) -> Task<> { co_await Errc::nosys; }(exchange);
}

}  // namespace strait::preload
