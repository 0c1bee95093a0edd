# SPDX-License-Identifier: LGPL-2.1-or-later
"""More operations of model_worker.py: beside open directories, shared mappings, less common calls,
and what programs that are started do."""
import fcntl
import mmap
import os
import select
import shutil
import stat
import struct
import subprocess
import tempfile


class More:
    # --- at an open directory, which may be moved or removed meanwhile

    def directory(self):
        if self.directories and self.random.random() < 0.7:
            fd = self.random.choice(self.directories)
        else:
            if len(self.directories) > 3:
                os.close(self.directories.pop(0))
            path = self.path() if self.random.random() < 0.5 else "."
            fd = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            self.directories.append(fd)
        self.asked.append(f"dir {self.directories.index(fd)}")
        return fd

    def relative(self):
        path = self.path()
        while path[0] == "/":
            self.asked.pop()
            path = self.path()
        return path

    def op_at_open(self):
        fd = os.open(self.relative(), os.O_RDWR | os.O_CREAT, 0o644, dir_fd=self.directory())
        try:
            return os.write(fd, self.data(3000)), self.told(os.fstat(fd))
        finally:
            os.close(fd)

    def op_at_stat(self):
        return os.stat(self.relative(), dir_fd=self.directory(),
                       follow_symlinks=self.random.random() < 0.5)

    def op_at_itself(self):
        found = os.fstat(self.directory())
        return f"{found.st_mode:o} {found.st_nlink}"

    def op_at_list(self):
        return repr(sorted(os.listdir(self.directory())))

    def op_at_mkdir(self):
        return os.mkdir(self.relative(), 0o750, dir_fd=self.directory())

    def op_at_unlink(self):
        return os.unlink(self.relative(), dir_fd=self.directory())

    def op_at_rmdir(self):
        return os.rmdir(self.relative(), dir_fd=self.directory())

    def op_at_rename(self):
        return os.rename(self.relative(), self.relative(), src_dir_fd=self.directory(),
                         dst_dir_fd=self.directory())

    def op_at_link(self):
        return os.link(self.relative(), self.relative(), src_dir_fd=self.directory(),
                       dst_dir_fd=self.directory(), follow_symlinks=self.random.random() < 0.5)

    def op_at_symlink(self):
        return os.symlink(self.relative(), self.relative(), dir_fd=self.directory())

    def op_at_readlink(self):
        return os.readlink(self.relative(), dir_fd=self.directory())

    def op_at_chmod(self):
        return os.chmod(self.relative(), self.random.choice([0o700, 0o755]),
                        dir_fd=self.directory())

    def op_at_access(self):
        return os.access(self.relative(), self.random.choice([os.F_OK, os.W_OK]),
                         dir_fd=self.directory())

    def op_at_chdir(self):
        os.fchdir(self.directory())
        return os.getcwd()

    # --- data

    def op_map_shared(self):
        """Stores are read back by read(2) at once, and the other way round."""
        fd = self.file()
        size = os.fstat(fd).st_size
        if not size or stat.S_ISDIR(os.fstat(fd).st_mode):
            return None
        with mmap.mmap(fd, size, mmap.MAP_SHARED) as mapped:
            at = self.random.randrange(size)
            block = self.random.randbytes(min(size - at, self.random.choice([1, 50, 9000])))
            mapped[at:at + len(block)] = block
            self.asked.append(f"{len(block)} at {at}")
            found = os.pread(fd, size, 0)
            other = self.random.randbytes(min(size, 100))
            os.pwrite(fd, other, 0)
            seen = mapped[:100]
            if self.random.random() < 0.5:
                mapped.flush()
        return self.told(found), seen[:len(other)] == other

    def op_allocate(self):
        return os.posix_fallocate(self.file(), self.offset(), self.random.choice([0, 1, 50000]))

    def op_preadv(self):
        parts = [bytearray(7), bytearray(0), bytearray(3000)]
        return os.preadv(self.file(), parts, self.offset()), self.told(b"".join(parts))

    def op_pwritev(self):
        return os.pwritev(self.file(), [self.data(100), self.data(5000)], self.offset())

    def op_advise(self):
        fd, how = self.file(), self.random.choice([os.POSIX_FADV_WILLNEED, os.POSIX_FADV_DONTNEED])
        return os.posix_fadvise(fd, 0, 0, how)

    def op_poll(self):
        poll = select.poll()
        fd = self.file()
        poll.register(fd, select.POLLIN | select.POLLOUT)
        return [events for _, events in poll.poll(0)], select.select([fd], [], [], 0)[0] == [fd]

    def op_dup_at(self):
        made = fcntl.fcntl(self.file(), self.random.choice([fcntl.F_DUPFD, fcntl.F_DUPFD_CLOEXEC]),
                           300)
        try:
            return os.get_inheritable(made), os.write(made, b"through the copy")
        finally:
            os.close(made)

    def op_test_lock(self):
        if self.number % 2:  # on NFS flock's locks show as the others do
            return None
        ask = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
        return fcntl.fcntl(self.file(), fcntl.F_GETLK, ask)[:2]

    def op_stream(self):
        """Buffered, with a position that goes to and fro."""
        with open(self.path(), "r+b", buffering=self.random.choice([16, 8192])) as file:
            first = file.read(5)
            file.seek(self.offset())
            file.write(self.data(100))
            file.seek(-3 if file.tell() > 3 else 0, os.SEEK_CUR)
            return first, file.read(10), file.tell()

    def op_temporary(self):
        with tempfile.NamedTemporaryFile(dir=".") as file:
            file.write(self.data())
            file.flush()
            size = os.stat(file.name).st_size
        return size, os.path.exists(file.name)

    # --- names

    def op_link_followed(self):
        return os.link(self.path(), self.path(), follow_symlinks=True)

    def op_makedirs(self):
        return os.makedirs(self.path(), exist_ok=self.random.random() < 0.5)

    def op_replace(self):
        return os.replace(self.path(), self.path())

    def op_move(self):
        return self.told(shutil.move(self.path(), self.path()))

    def op_copytree(self):
        source, target = self.path(), self.path()
        if os.path.realpath(target).startswith(os.path.realpath(source)):
            return None  # without end
        return self.told(shutil.copytree(source, target, symlinks=True))

    def op_mknod(self):
        return os.mknod(self.path(), self.random.choice([0o600, 0o644]) | stat.S_IFREG)

    def op_chown(self):
        return os.chown(self.path(), os.getuid(), -1,
                        follow_symlinks=self.random.random() < 0.5)

    def op_touch(self):
        path = self.path()
        os.utime(path)
        return os.stat(path)

    def op_names_of_descriptors(self):
        fd = self.file()
        return self.told(os.stat(f"/proc/self/fd/{fd}")), self.told(os.stat(f"/dev/fd/{fd}"))

    # --- programs

    def op_script(self):
        path, text = self.path(), self.random.choice([
            'cat "$0" | wc -c', 'echo x >> "$0"; tail -c 3 "$0"', 'exec 3<> "$0"; read -r a <&3; '
            'echo "${#a}"; echo abc >&3; wc -c < "$0"', 'mkdir -p "$0" && ls -A "$0"',
            'cd "$0" && pwd -P && echo *', '[ ! -d "$0" ] && [ -s "$0" ]; echo $?',
            'printf "%s\\n" 1 2 3 | tee "$0" | sort -r', 'cp -a "$0" "$0.copy"; rm -rf "$0.copy"; '
            '[ -d "$0" ] || stat -c %s "$0"',
            'mv "$0" "$0~" && mv "$0~" "$0"; echo $?', 'ln -sfn b "$0"; echo $?'])
        run = subprocess.run(["bash", "-c", text, path], stdout=subprocess.PIPE, check=False,
                             stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
        self.asked.append(text[:30])
        return run.returncode, self.told(run.stdout.decode(errors="replace"))

    def op_inherited(self):
        """A program that is given our descriptor reads on where we were."""
        fd = self.file()
        run = subprocess.run(["head", "-c", "11"], stdin=fd, stdout=subprocess.PIPE, check=False,
                             stderr=subprocess.DEVNULL)
        put = subprocess.run(["printf", "inherited"], stdout=fd, check=False,
                             stderr=subprocess.DEVNULL)
        return run.returncode, self.told(run.stdout), put.returncode, \
            os.lseek(fd, 0, os.SEEK_CUR)


MORE_WEIGHTS = {"script": 1, "inherited": 1, "copytree": 1, "move": 1}
