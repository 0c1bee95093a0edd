// SPDX-License-Identifier: LGPL-2.1-or-later
#include "preload/door/shared_memory.h"

#include <fcntl.h>
#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace strait::preload {

namespace {

Result<void*> map_shared(int fd, size_t size) {
    void* at = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    if (at == MAP_FAILED) return fail_errno(errno);
    return at;
}

// Field 22 of /proc/self/stat, which the shim compares with what it finds for our pid.
uint64_t own_start_time() {
    char text[1024] = {};
    FILE* file = fopen("/proc/self/stat", "re");
    if (!file) return 0;
    size_t size = fread(text, 1, sizeof(text) - 1, file);
    fclose(file);
    const char* field = size ? strrchr(text, ')') : nullptr;
    for (int at = 2; field && at < 22; ++at) {
        field = strchr(field, ' ');
        if (field) ++field;
    }
    return field ? strtoull(field, nullptr, 10) : 0;
}

// What the kernel walks when this thread ends: one entry, which lies beside the bell's word by
// `offset`. Private, so that no program can lead the kernel elsewhere.
struct LastWill {
    robust_list entry;
    robust_list_head head;
};
thread_local LastWill last_will;

void leave_word(uint32_t& life) {
    LastWill& will = last_will;
    will.entry.next = &will.head.list;
    will.head.list.next = &will.entry;
    will.head.futex_offset = reinterpret_cast<char*>(&life) - reinterpret_cast<char*>(&will.entry);
    will.head.list_op_pending = nullptr;
    if (syscall(SYS_set_robust_list, &will.head, sizeof(will.head)) == 0)
        __atomic_store_n(&life, static_cast<uint32_t>(gettid()), __ATOMIC_RELEASE);
}

void take_word_back() { last_will.head.list.next = &last_will.head.list; }

}  // namespace

Result<Ref<RingMemory>> RingMemory::map(const Descriptor& memfd) {
    struct stat attributes;
    int seals = fcntl(memfd.get(), F_GET_SEALS);
    if (seals < 0 || (seals & (F_SEAL_SHRINK | F_SEAL_GROW)) != (F_SEAL_SHRINK | F_SEAL_GROW))
        return fail(Errc::inval);
    if (fstat(memfd.get(), &attributes) != 0) return fail_errno(errno);
    if (attributes.st_size != static_cast<off_t>(sizeof(shm::Ring))) return fail(Errc::inval);
    auto at = map_shared(memfd.get(), sizeof(shm::Ring));
    if (!at) return fail(at.error());
    return Ref<RingMemory>(new RingMemory(static_cast<shm::Ring*>(*at)));
}

RingMemory::~RingMemory() { munmap(ring_, sizeof(shm::Ring)); }

Result<DoorbellMemory> DoorbellMemory::create() {
    DoorbellMemory made;
    made.memfd_ = Descriptor(memfd_create("strait-doorbell", MFD_CLOEXEC));
    if (!made.memfd_ || ftruncate(made.memfd_.get(), shm::doorbell_bytes) != 0)
        return fail_errno(errno);
    auto at = map_shared(made.memfd_.get(), shm::doorbell_bytes);
    if (!at) return fail(at.error());
    made.bell_ = static_cast<shm::Doorbell*>(*at);
    shm::Doorbell& bell = *made.bell_;
    bell.magic = shm::magic;
    bell.version = shm::version;
    bell.pid = static_cast<uint32_t>(getpid());
    bell.start_time = own_start_time();
    if (getrandom(&bell.instance, sizeof(bell.instance), 0) != sizeof(bell.instance))
        return fail_errno(errno);
    bell.instance |= 1;  // never 0
    leave_word(bell.life);
    return made;
}

DoorbellMemory::~DoorbellMemory() {
    if (!bell_) return;
    take_word_back();
    say_closed();
    munmap(bell_, shm::doorbell_bytes);
}

void DoorbellMemory::say_closed() noexcept {
    __atomic_store_n(&bell_->closed, 1, __ATOMIC_RELEASE);
}

}  // namespace strait::preload
