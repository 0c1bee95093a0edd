// SPDX-License-Identifier: LGPL-2.1-or-later
// POSIX asynchronous I/O on Strait files: done before the call returns, its result put where
// aio_error(3) and aio_return(3) look. libc's own threads would make calls that pass no hook.

#include <aio.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "preload/shim/ours.h"
#include "preload/shim/raw.h"
#include "preload/shim/ring_client.h"

namespace strait::preload {

namespace {

struct Told {
    void (*function)(sigval);
    sigval value;
};

// In a thread of its own, as SIGEV_THREAD says.
void start_thread(const sigevent& event) noexcept {
    auto* told = static_cast<Told*>(malloc(sizeof(Told)));
    if (!told) return;
    *told = {event.sigev_notify_function, event.sigev_value};
    pthread_attr_t detached, *attributes = event.sigev_notify_attributes;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    auto body = [](void* given) -> void* {
        Told copy = *static_cast<Told*>(given);
        free(given);
        copy.function(copy.value);
        return nullptr;
    };
    pthread_t thread;
    if (pthread_create(&thread, attributes ? attributes : &detached, body, told) != 0) free(told);
    pthread_attr_destroy(&detached);
}

void notify(const sigevent& event) noexcept {
    if (event.sigev_notify == SIGEV_THREAD) return start_thread(event);
    if (event.sigev_notify != SIGEV_SIGNAL) return;
    siginfo_t information{};
    information.si_signo = event.sigev_signo;
    information.si_code = SI_ASYNCIO;
    information.si_pid = static_cast<pid_t>(raw::call(SYS_getpid));
    information.si_uid = static_cast<uid_t>(raw::call(SYS_getuid));
    information.si_value = event.sigev_value;
    raw::call(SYS_rt_sigqueueinfo, information.si_pid, event.sigev_signo,
              raw::as_long(&information));
}

void settle(aiocb& block, ssize_t result) noexcept {
    block.__error_code = result < 0 ? errno : 0;
    block.__return_value = result;
}

// Whether it was ours; then it is done, and nobody is told yet.
bool transfer(aiocb& block, int operation) noexcept {
    Open* open = find(block.aio_fildes);
    if (!open) return false;
    auto* memory = const_cast<void*>(block.aio_buf);
    ssize_t result =
        operation == LIO_READ
            ? ours_pread(*open, block.aio_fildes, memory, block.aio_nbytes, block.aio_offset)
            : ours_pwrite(*open, block.aio_fildes, memory, block.aio_nbytes, block.aio_offset);
    settle(block, result);
    return true;
}

int submit(aiocb* block, int operation, int (*next)(aiocb*)) noexcept {
    if (!transfer(*block, operation)) return next(block);
    notify(block->aio_sigevent);
    return 0;
}

bool transfers(const aiocb* block) noexcept {
    return block && (block->aio_lio_opcode == LIO_READ || block->aio_lio_opcode == LIO_WRITE);
}

bool any_ours(aiocb* const* list, int count) noexcept {
    for (int i = 0; i < count; ++i)
        if (transfers(list[i]) && find(list[i]->aio_fildes)) return true;
    return false;
}

// False: one of them failed.
bool await(aiocb* const* list, int count) noexcept {
    bool well = true;
    for (int i = 0; i < count; ++i) {
        if (!transfers(list[i])) continue;
        const aiocb* one = list[i];
        while (aio_error(one) == EINPROGRESS) aio_suspend(&one, 1, nullptr);
        well &= aio_error(one) == 0;
    }
    return well;
}

}  // namespace

int shim_aio_read(aiocb* block) { return submit(block, LIO_READ, real.aio_read); }
int shim_aio_write(aiocb* block) { return submit(block, LIO_WRITE, real.aio_write); }

int shim_aio_fsync(int operation, aiocb* block) {
    Open* open = find(block->aio_fildes);
    if (!open) return real.aio_fsync(operation, block);
    if (operation != O_SYNC && operation != O_DSYNC) return failed(EINVAL);
    settle(*block, ours_fsync(*open, block->aio_fildes));
    notify(block->aio_sigevent);
    return 0;
}

int shim_aio_cancel(int fd, aiocb* block) {
    if (!find(fd)) return real.aio_cancel(fd, block);
    return block && block->aio_fildes != fd ? failed(EINVAL) : AIO_ALLDONE;
}

// With ours among them all are done before it returns; libc's threads do the others meanwhile.
int shim_lio_listio(int mode, aiocb* const* list, int count, sigevent* told) {
    if (!any_ours(list, count)) return real.lio_listio(mode, list, count, told);
    if (mode != LIO_WAIT && mode != LIO_NOWAIT) return failed(EINVAL);
    for (int i = 0; i < count; ++i) {
        if (!transfers(list[i]) || find(list[i]->aio_fildes)) continue;
        bool read = list[i]->aio_lio_opcode == LIO_READ;
        if ((read ? real.aio_read(list[i]) : real.aio_write(list[i])) != 0) settle(*list[i], -1);
    }
    for (int i = 0; i < count; ++i)
        if (transfers(list[i]) && transfer(*list[i], list[i]->aio_lio_opcode))
            notify(list[i]->aio_sigevent);
    bool well = await(list, count);
    if (mode == LIO_NOWAIT && told) notify(*told);
    return well || mode == LIO_NOWAIT ? 0 : failed(EIO);
}

}  // namespace strait::preload
