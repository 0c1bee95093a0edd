# SPDX-License-Identifier: LGPL-2.1-or-later
"""One process of model_test.py: random file operations below a folder of its own, a line for each
with what came of it, which is the same wherever the folder lies.

  model_worker.py FOLDER NUMBER SEED OPERATIONS FEATURE...
"""
import errno
import fcntl
import hashlib
import mmap
import os
import random
import shutil
import signal
import stat
import struct
import sys

from model_more import MORE_WEIGHTS, More

NEST = "1/2/3/4/5/6/7/8"  # so that ".." stays within
NAMES = ["a", "b", "c", "d", "e", "long" * 60]
SHARED_SLOTS = 8


class Worker(More):
    def __init__(self, folder, number, seed, features):
        self.random = random.Random(f"{seed}/{number}")
        self.folder, self.number, self.features = folder, number, features
        self.shared = f"{folder}/shared"
        self.top = f"{folder}/w{number}"
        os.makedirs(f"{self.top}/{NEST}")
        os.chdir(f"{self.top}/{NEST}")
        self.files = []  # open descriptors
        self.directories = []  # of directories
        self.asked = []  # this operation's arguments
        self.operations = [name[3:] for name in sorted(dir(self)) if name.startswith("op_")]
        self.weights = [{**WEIGHTS, **MORE_WEIGHTS}.get(name, 2) for name in self.operations]

    # --- choices

    def path(self):
        self.asked.append(self.some_path())
        return self.asked[-1]

    def some_path(self):
        pick = self.random.random()
        parts = [self.random.choice(NAMES[:5]) for _ in range(self.random.randrange(1, 4))]
        if pick < 0.08:
            parts.insert(self.random.randrange(len(parts)), "..")
        elif pick < 0.12:
            parts.insert(0, ".")
        elif pick < 0.14:
            parts.append("")  # a slash at the end
        elif pick < 0.16:
            parts[-1] = NAMES[5] + "x" * self.random.randrange(10, 20)  # around 255 bytes
        elif pick < 0.20:
            return f"{self.top}/{NEST}/" + "/".join(parts)
        return "/".join(parts)

    def data(self, most=20000):
        size = self.random.choice([0, 1, 7, 100, 4096, self.random.randrange(most)])
        self.asked.append(f"{size} bytes")
        return self.random.randbytes(size)

    def offset(self):
        self.asked.append(self.random.choice([0, 1, 100, 4095, 4096, self.random.randrange(40000),
                                              300000]))
        return self.asked[-1]

    def size(self):
        self.asked.append(self.random.choice([1, 100, 4096, 70000]))
        return self.asked[-1]

    def file(self):
        self.asked.append(self.random.choice(self.files) if self.files else -1)
        return self.asked[-1]

    def told(self, value):
        """A result as text that does not depend on where we are."""
        if isinstance(value, bytes):
            return f"{len(value)}:{hashlib.md5(value).hexdigest()[:12]}"
        if isinstance(value, os.stat_result):
            kind = stat.S_IFMT(value.st_mode)
            size = value.st_size if kind in (stat.S_IFREG, stat.S_IFLNK) else "-"
            return f"{value.st_mode:o} {value.st_nlink} {value.st_uid} {size}"
        if isinstance(value, str):
            return value.replace(self.top, "@").replace(NAMES[5], "L")
        return repr(value)

    # --- names

    def op_mkdir(self):
        return os.mkdir(self.path(), self.random.choice([0o777, 0o700, 0o755, 0o1777]))

    def op_rmdir(self):
        return os.rmdir(self.path())

    def op_unlink(self):
        return os.unlink(self.path())

    def op_remove(self):
        return os.remove(self.path())

    def op_rename(self):
        return os.rename(self.path(), self.path())

    def op_link(self):
        return os.link(self.path(), self.path(), follow_symlinks=False)

    def op_symlink(self):
        target = self.path()
        return os.symlink(target if target[0] != "/" else "a/b", self.path())

    def op_readlink(self):
        return os.readlink(self.path())

    def op_mkfifo(self):
        path = self.path()
        os.mkfifo(path, 0o640)
        os.unlink(path)  # nobody shall wait in open()
        return "made"

    def op_stat(self):
        return os.stat(self.path())

    def op_lstat(self):
        return os.lstat(self.path())

    def op_access(self):
        return os.access(self.path(), self.random.choice([os.F_OK, os.R_OK, os.W_OK, os.X_OK]))

    def op_list(self):
        path = self.path() if self.random.random() < 0.7 else "."
        with os.scandir(path) as entries:
            return repr(sorted((e.name, e.is_dir(follow_symlinks=False), e.is_symlink())
                               for e in entries))

    def op_walk(self):
        found = []
        for folder, dirs, files in os.walk(".", onerror=lambda error: found.append(error.errno)):
            dirs.sort()
            found.append((folder, tuple(dirs), tuple(sorted(files))))
        return hashlib.md5(repr(found).encode()).hexdigest()

    def op_rmtree(self):
        return shutil.rmtree(self.path())

    def op_chdir(self):
        os.chdir(self.path() if self.random.random() < 0.3 else f"{self.top}/{NEST}")
        return os.getcwd()

    def op_getcwd(self):
        return os.getcwd()

    def op_realpath(self):
        return os.path.realpath(self.path())

    def op_chmod(self):
        return os.chmod(self.path(), self.random.choice([0o644, 0o600, 0o755, 0o700, 0o4755]))

    def op_utime(self):
        path, when = self.path(), self.random.randrange(1, 2_000_000_000) * 1_000_000_000
        os.utime(path, ns=(when, when + 5))
        found = os.stat(path)
        return found.st_atime_ns, found.st_mtime_ns

    def op_truncate(self):
        return os.truncate(self.path(), self.offset())

    def op_xattr(self):
        if "xattr" not in self.features:
            return None
        path, name = self.path(), self.random.choice(["user.a", "user.b"])
        act = self.random.randrange(4)
        if act == 0:
            return os.setxattr(path, name, self.data(100)[:100], self.random.choice(
                [0, os.XATTR_CREATE, os.XATTR_REPLACE]))
        if act == 1:
            return os.getxattr(path, name)
        if act == 2:
            return os.removexattr(path, name)
        return repr(sorted(os.listxattr(path)))

    # --- whole files

    def op_write_file(self):
        with open(self.path(), "wb") as file:
            return file.write(self.data(300000))

    def op_read_file(self):
        with open(self.path(), "rb") as file:
            return file.read()

    def op_append_file(self):
        with open(self.path(), "ab") as file:
            return file.write(self.data())

    def op_copy(self):
        return self.told(shutil.copy(self.path(), self.path()))

    # --- descriptors

    def op_open(self):
        flags = self.random.choice([os.O_RDONLY, os.O_WRONLY, os.O_RDWR, os.O_RDWR, os.O_RDWR])
        for flag, chance in ((os.O_CREAT, 0.6), (os.O_EXCL, 0.1), (os.O_TRUNC, 0.15),
                             (os.O_APPEND, 0.15), (os.O_NOFOLLOW, 0.05), (os.O_DIRECTORY, 0.03),
                             (os.O_SYNC, 0.05)):
            if self.random.random() < chance:
                flags |= flag
        if len(self.files) > 8:
            self.op_close()
        self.asked.append(f"{flags:o}")
        fd = os.open(self.path(), flags, self.random.choice([0o666, 0o644, 0o600]))
        self.files.append(fd)
        return os.fstat(fd)

    def op_close(self):
        if not self.files:
            return None
        return os.close(self.files.pop(self.random.randrange(len(self.files))))

    def op_read(self):
        return os.read(self.file(), self.size())

    def op_write(self):
        return os.write(self.file(), self.data())

    def op_pread(self):
        return os.pread(self.file(), self.size(), self.offset())

    def op_pwrite(self):
        return os.pwrite(self.file(), self.data(), self.offset())

    def op_readv(self):
        parts = [bytearray(10), bytearray(1000), bytearray(5)]
        return os.readv(self.file(), parts), self.told(bytes(b"".join(parts)))

    def op_writev(self):
        return os.writev(self.file(), [self.data(100), b"", self.data(5000)])

    def op_large(self):
        fd, at = self.file(), self.offset()
        put = os.pwrite(fd, self.random.randbytes(700_000), at)
        return put, self.told(os.pread(fd, 800_000, at))

    def op_lseek(self):
        whence = self.random.choice([os.SEEK_SET, os.SEEK_CUR, os.SEEK_END])
        self.asked.append(whence)
        return os.lseek(self.file(), self.offset() - self.random.choice([0, 0, 5000]), whence)

    def op_ftruncate(self):
        return os.ftruncate(self.file(), self.offset())

    def op_fstat(self):
        return os.fstat(self.file())

    def op_fsync(self):
        return self.random.choice([os.fsync, os.fdatasync])(self.file())

    def op_fchmod(self):
        fd, mode = self.file(), self.random.choice([0o600, 0o640, 0o666])
        if os.fstat(fd).st_nlink == 0:  # no server changes a directory that was removed
            return "gone"
        return os.fchmod(fd, mode)

    def op_dup(self):
        made = os.dup(self.file())
        self.files.append(made)
        if len(self.files) > 8:
            self.op_close()
        return os.lseek(made, 0, os.SEEK_CUR)

    def op_dup2(self):
        if len(self.files) < 2:
            return None
        source, target = self.random.sample(self.files, 2)
        os.dup2(source, target)
        return os.fstat(target)

    def op_flags(self):
        fd = self.file()
        before = fcntl.fcntl(fd, fcntl.F_GETFL)
        fcntl.fcntl(fd, fcntl.F_SETFL, before ^ os.O_APPEND)
        return f"{fcntl.fcntl(fd, fcntl.F_GETFL):o}"

    def op_copy_range(self):
        if len(self.files) < 2:
            return None
        source, target = self.random.sample(self.files, 2)
        return os.copy_file_range(source, target, self.random.randrange(1, 20000),
                                  self.offset(), self.offset())

    def op_sendfile(self):
        if len(self.files) < 2:
            return None
        target, source = self.random.sample(self.files, 2)
        if os.path.samestat(os.fstat(target), os.fstat(source)):
            return None  # pages that lie over each other: nobody says what comes out
        return os.sendfile(target, source, self.offset(), self.random.randrange(1, 20000))

    def op_lock(self):
        fd = self.file()
        access = fcntl.fcntl(fd, fcntl.F_GETFL) & os.O_ACCMODE
        # What the descriptor may not do, NFS does not lock: also for flock, as on Linux's client.
        fitting = {os.O_RDONLY: [fcntl.LOCK_SH], os.O_WRONLY: [fcntl.LOCK_EX]}
        how = self.random.choice([fcntl.LOCK_UN] +
                                 fitting.get(access, [fcntl.LOCK_SH, fcntl.LOCK_EX]))
        # On NFS the two kinds exclude each other, as Linux's client has it: one kind a process.
        call = fcntl.flock if self.number % 2 else fcntl.lockf
        return call(fd, how | (fcntl.LOCK_NB if how != fcntl.LOCK_UN else 0))

    def op_map(self):
        fd = self.file()
        found = os.fstat(fd)
        size = 1 if stat.S_ISDIR(found.st_mode) else found.st_size
        if not size:
            return None
        with mmap.mmap(fd, size, mmap.MAP_PRIVATE, mmap.PROT_READ) as mapped:
            return bytes(mapped[:])

    def op_fork(self):
        """A child goes on with our descriptors: positions are shared, what it closes is not."""
        fd, block = self.file(), self.data(3000)
        child = os.fork()
        if child == 0:
            status = 0
            try:
                os.write(fd, block)
                os.lseek(fd, 3, os.SEEK_CUR)
                os.close(fd)
            except OSError as error:
                status = error.errno
            os._exit(status)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        return status, os.lseek(fd, 0, os.SEEK_CUR)

    def op_unlinked(self):
        """A file goes on without a name."""
        path = self.path()
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            block = self.data()
            os.write(fd, block)
            os.unlink(path)
            os.write(fd, b"more")
            return self.told(os.pread(fd, 30000, 0)), os.fstat(fd).st_nlink
        finally:
            os.close(fd)

    # --- what all share: the outcome depends on the others, the sum does not

    def op_count_up(self):
        slot = self.random.randrange(SHARED_SLOTS)
        with open(f"{self.shared}/counters", "r+b", buffering=0) as file:
            fcntl.lockf(file, fcntl.LOCK_EX, 8, slot * 8)
            file.seek(slot * 8)
            value, = struct.unpack("<q", file.read(8))
            file.seek(slot * 8)
            file.write(struct.pack("<q", value + 1))
            fcntl.lockf(file, fcntl.LOCK_UN, 8, slot * 8)
        return slot

    def op_log(self):
        with open(f"{self.shared}/flock", "r+b", buffering=0) as guard:
            fcntl.flock(guard, fcntl.LOCK_EX)
            with open(f"{self.shared}/log", "ab", buffering=0) as log:
                log.write(f"{self.number:3} {self.step:6}\n".encode())
        return "logged"

    # --- the run

    def one(self):
        name = self.random.choices(self.operations, self.weights)[0]
        self.asked.clear()
        try:
            result = self.told(getattr(self, "op_" + name)())
        except OSError as error:
            result = errno.errorcode.get(error.errno, error.errno)
        except (shutil.Error, ValueError, RecursionError) as error:
            result = type(error).__name__
        asked = ", ".join(self.told(each) if isinstance(each, str) else str(each)
                          for each in self.asked)
        return f"{name}({asked[:150]}) {result}"

    def run(self, operations):
        signal.alarm(600)
        os.umask(0o022)
        for self.step in range(operations):
            print(self.step, self.one())
        for fd in self.files:
            os.close(fd)
        print("end", tree(f"{self.top}/1"))


def tree(top):
    """All that is below, as one sum; with --show, told."""
    lines = []
    for folder, dirs, files in os.walk(top):
        dirs.sort()
        for name in sorted(dirs + files):
            path = os.path.join(folder, name)
            found = os.lstat(path)
            line = f"{path[len(top):]} {found.st_mode:o} {found.st_nlink}"
            if stat.S_ISLNK(found.st_mode):
                line += " -> " + os.readlink(path)
            elif stat.S_ISREG(found.st_mode):
                with open(path, "rb") as file:
                    line += f" {found.st_size} {hashlib.md5(file.read()).hexdigest()}"
            lines.append(line)
    return f"{len(lines)} entries\n" + "\n".join(lines)


WEIGHTS = {"open": 8, "write_file": 8, "write": 6, "read": 6, "pwrite": 4, "pread": 4, "mkdir": 6,
           "stat": 4, "rename": 4, "walk": 1, "rmtree": 1, "large": 1, "fork": 1, "fsync": 1,
           "chdir": 2, "xattr": 3}

if __name__ == "__main__":
    where, who, start, count, *features = sys.argv[1:]
    Worker(where, int(who), start, set(features)).run(int(count))
