# SPDX-License-Identifier: LGPL-2.1-or-later
"""A working day's programs, each in an empty folder $D; $IN holds what inputs.py makes.

Output, exit status and the tree that is left must be those of the local disk. What names the
folder's path, an inode number or the clock, a case removes before it ends.
"""
import shutil

# Debian's packages of the same: `./dev demo` and `./dev test` install them.
PROGRAMS = ("attr autoconf bzip2 cmake cpio g++ gcc getfattr git make ninja perl python3 rsync "
            "setfattr sqlite3 ssh-keygen tclsh unzip vim xz zstd").split()


def absent():
    """The programs that are not installed here."""
    return " ".join(name for name in PROGRAMS if not shutil.which(name))


GIT = r"""
export GIT_AUTHOR_DATE=@1600000000+0000 GIT_COMMITTER_DATE=@1600000000+0000 GIT_CONFIG_COUNT=5
export GIT_CONFIG_KEY_0=user.name GIT_CONFIG_VALUE_0=A
export GIT_CONFIG_KEY_1=user.email GIT_CONFIG_VALUE_1=a@b
export GIT_CONFIG_KEY_2=pack.threads GIT_CONFIG_VALUE_2=1
export GIT_CONFIG_KEY_3=init.defaultBranch GIT_CONFIG_VALUE_3=main
export GIT_CONFIG_KEY_4=gc.autoDetach GIT_CONFIG_VALUE_4=false
"""
PYTHON = "/usr/bin/python3 -B"
# 100,000 rows, and four programs that write to them at once.
SQLITE = r"""
sqlite3 a.db "with recursive c(n) as (select 1 union all select n+1 from c where n<100000)
insert into t select n, printf('row %d', n*7919%100003) from c;"
sqlite3 a.db 'select count(*), min(s), max(s) from t; pragma journal_mode; pragma integrity_check;'
for i in 1 2 3 4; do (for j in 1 2 3 4 5; do
sqlite3 -cmd '.timeout 30000' a.db "insert into t(s) values('w')"; done) & done; wait
sqlite3 a.db "select count(*) from t where s='w'; pragma integrity_check;"
sqlite3 a.db .dump | cksum; ls
"""

CASES = [
    ("git commit", GIT + r"""
git init -q r; cd r || exit; mkdir -p src/deep; seq 500 > src/numbers; echo a > a; ln -s a link
chmod +x a; for i in $(seq 50); do echo "file $i" > src/deep/f$i; done
git add .; git commit -qm one; git status; echo more >> a; git diff; git commit -qam two
git log --oneline --stat; git mv a b; git rm -q src/deep/f1; git commit -qm three; git status -s
git checkout -qb side HEAD~1; echo side > src/side; git add src; git commit -qm side
git checkout -q main; git merge -q -m merged side; git log --graph --oneline; git show HEAD:b
git stash list; echo stash >> b; git stash -q; git stash pop; git reset -q --hard
git tag -a v1 -m t; git blame src/numbers | tail -n 1; git grep -n 499; git describe; git fsck
rm -f .git/index"""),
    ("git clone gc", GIT + r"""
git init -q r; cd r || exit; for i in $(seq 20); do mkdir d$i; seq $i 200 > d$i/f; done; git add .
git commit -qm one; seq 1000 > big; git add big; git commit -qm two; git repack -adq; git gc -q
git count-objects -v | grep -v size; git fsck --full; cd "$D"; git clone -q r c
git clone -q --bare r b; git clone -q "file://$D/r" s --depth 1; cd c || exit; git status
git pull -q; echo x > d1/f; git commit -qam x; git push -q origin HEAD:refs/heads/other
cd ../r || exit; git worktree add -q ../w other; cd ../w || exit; git log --oneline; git status -s
cd ../r; git branch -a; git bundle create -q ../bundle main; git worktree list | wc -l
git verify-pack .git/objects/pack/*.idx && echo verified; git archive HEAD | tar -t | tail -n 2
cd "$D"; (git -C c bisect start -q HEAD HEAD~2; git -C c bisect run true) | grep -c bisect
rm -rf */.git/index r/.git/worktrees w/.git */.git/logs */logs
sed -i "s,$D,@D,g" */.git/config b/config
find . -name FETCH_HEAD -delete; rm -rf s/.git/objects/pack c/.git/BISECT*"""),
    ("make, gcc, g++", r"""
printf 'int add(int a, int b) { return a + b; }\n' > add.c; echo 'int add(int, int);' > add.h
printf '#include <stdio.h>\n#include "add.h"\nint main(void) {' > m.c
printf ' printf("%%d\\n", add(1, 2)); }\n' >> m.c
printf 'all: prog\nprog: m.o libadd.a\n\tgcc -o $@ m.o -L. -ladd\nlibadd.a: add.o\n' > Makefile
printf '\tar rcs $@ $^\nclean:\n\trm -f *.o\n-include m.d\n%%.o: %%.c\n' >> Makefile
printf '\tgcc -O1 -MMD -c -o $@ $<\n' >> Makefile; touch -d '-9 seconds' *
make -j4 | sort; ./prog; make; touch -d '-5 seconds' *.[oa] prog; touch add.h; make -n; make; ./prog
gcc -shared -fPIC -o libadd.so add.c; gcc -o dyn m.c -L. -ladd -Wl,-rpath,'$ORIGIN'; ./dyn
objdump -d prog | grep -c 'add>'; nm libadd.a; strip prog; ./prog; size add.o
echo '@args' > /dev/null; echo '-O2 -c add.c -o resp.o' > args; gcc @args; cmp resp.o add.o
make clean
cat > f.cc <<'TEXT'
#include <filesystem>
#include <fstream>
#include <iostream>
int main() {
    std::ofstream("out") << "text\n";
    std::string s;
    std::ifstream("out") >> s;
    int n = 0;
    for (auto& e : std::filesystem::recursive_directory_iterator(".")) n += e.is_regular_file();
    std::cout << s << n << std::filesystem::file_size("out");
    std::cout << std::filesystem::current_path().has_filename();
}
TEXT
g++ -std=c++17 -O0 -pipe -o f f.cc; ./f; echo; gcc -E m.c | wc -l; gcc -S add.c
g++ -save-temps -c f.cc -o g.o
ls f-*; gcc -flto -O1 add.c m.c -o lto; ./lto; gcov-tool --version | wc -l
ld --version > /dev/null; rm -f *.ii *.d"""),
    ("make -j4 of lua", r"""
tar -xf $IN/lua.tar; cd lua || exit; make -s -j4 MYCFLAGS=-O0 linux 2>&1 | sort; ./src/lua -v
make -s test; ./src/lua -e 'for l in io.lines("Makefile") do n = (n or 0) + 1 end print(n)'
cat > t.lua <<'LUA'
io.open("out", "w"):write("x"):close() print(io.open("out"):read("a")) print(os.rename("out", "o2"))
print(os.remove("o2")) print(os.remove("o2")) local f = io.tmpfile() f:write("t") f:seek("set")
print(f:read("a")) print(io.popen("ls src | wc -l"):read("a")) print(loadfile("none.lua"))
LUA
./src/lua t.lua; ./src/luac -o t.luac t.lua; ./src/lua t.luac; make -s install INSTALL_TOP=$D/in
$D/in/bin/lua -v; ls -R $D/in"""),
    ("cmake and ninja", r"""
mkdir s; cat > s/CMakeLists.txt <<'TEXT'
cmake_minimum_required(VERSION 3.13)
project(p C)
add_library(l SHARED l.c)
add_executable(e e.c)
target_link_libraries(e l)
enable_testing()
add_test(t e)
install(TARGETS e l)
configure_file(c.in c.h)
TEXT
echo '#define V "@CMAKE_PROJECT_NAME@"' > s/c.in; echo 'int l(void) { return 0; }' > s/l.c
echo 'int l(void); int main(void) { return l(); }' > s/e.c
cmake -S s -B b -G Ninja > log 2>&1; echo $?; ninja -C b -j4 | tail -n 1; ninja -C b | tail -n 1
b/e; echo $?; (cd b && ctest 2>&1 | grep passed); cmake --install b --prefix $D/i | sed "s,$D,,"
cat b/c.h; touch -d '+2 seconds' s/l.c; ninja -C b | tail -n 1; cmake -S s -B m > /dev/null
make -s -C m -j4 2> /dev/null | grep Built; find i b/e b/libl.so | sort; rm -rf b m i log"""),
    ("autoconf, configure", r"""
printf 'AC_INIT([p],[1])\nAC_CONFIG_HEADERS([config.h])\n' > configure.ac
printf 'AC_PROG_CC\nAC_PROG_INSTALL\n' >> configure.ac
printf 'AC_CHECK_HEADERS([unistd.h nothing.h])\nAC_CHECK_FUNCS([openat nofunc])\n' >> configure.ac
printf 'AC_CONFIG_FILES([Makefile])\nAC_OUTPUT\n' >> configure.ac
printf 'prefix=@prefix@\nall: p\np: p.c\n\t@CC@ -o p p.c\ninstall: p\n' > Makefile.in
printf '\t@INSTALL@ -D p $(DESTDIR)/bin/p\n' >> Makefile.in; cp /usr/share/automake-*/install-sh .
printf '#include "config.h"\nint main(void) { return HAVE_UNISTD_H - 1; }\n' > p.c
autoheader; autoconf; echo $?; ls; ./configure -q; echo $?; make -s -j4; ./p; echo $?
make -s install DESTDIR=$D/in; in/bin/p; echo $?; mkdir out; cp config.h out/kept; make -s p
./config.status -q; grep -v '/\*' config.h; rm -rf autom4te.cache config.log config.status"""),
    ("sqlite3, rollback", r"""
sqlite3 a.db 'create table t(i integer primary key, s text); create index x on t(s);'
""" + SQLITE + r"""
sqlite3 a.db 'begin; delete from t where i%3=0; rollback; delete from t where i%2=0; vacuum;
select count(*) from t'; sqlite3 b.db 'attach "a.db" as a; create table u as select * from a.t;'
sqlite3 b.db 'select count(*) from u'; sqlite3 a.db '.backup c.db'; sqlite3 c.db .dump | cksum
sqlite3 a.db 'pragma mmap_size=100000000; select sum(length(s)) from t;'; ls; rm -f ?.db"""),
    ("sqlite3, WAL", r"""
sqlite3 a.db 'pragma journal_mode=wal; create table t(i integer primary key, s text);'
""" + SQLITE + r"""
sqlite3 a.db 'pragma wal_checkpoint(truncate); pragma mmap_size=100000000;
select sum(length(s)) from t;'; ls; rm -f a.db"""),
    ("python3, files", r"""
cat > t.py <<'PYTHON'
import csv, glob, io, json, mmap, os, pathlib, shutil, tarfile, tempfile, zipfile
for i in range(3):
    os.makedirs(f'w/d{i}/e'); open(f'w/d{i}/e/f', 'w').write('x' * i * 1000)
os.symlink('d0', 'w/l')
for top, dirs, files in os.walk('w'): dirs.sort(); print(top, dirs, files)
shutil.copytree('w', 'c', symlinks=True); print(sorted(glob.glob('c/**', recursive=True)))
with zipfile.ZipFile('z.zip', 'w', zipfile.ZIP_DEFLATED) as z:
    for p in sorted(pathlib.Path('w').rglob('f')):
        z.writestr(zipfile.ZipInfo(str(p)), p.read_bytes())
with zipfile.ZipFile('z.zip') as z: z.extractall('u'); print(z.testzip(), z.namelist())
shutil.make_archive('arch', 'gztar', 'w'); print(sorted(tarfile.open('arch.tar.gz').getnames()))
open('m', 'wb').write(b'0123456789' * 1000)
with open('m', 'rb') as f, mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ) as m: print(m[:4], len(m))
with tempfile.TemporaryDirectory(dir='.') as d: open(d + '/x', 'w').close(); print(os.listdir(d))
with tempfile.NamedTemporaryFile(dir='.') as f:
    f.write(b'1'); f.flush(); print(os.path.getsize(f.name))
with tempfile.TemporaryFile(dir='.') as f: f.write(b'12'); f.seek(0); print(f.read())
p = pathlib.Path('p'); p.write_text('hi'); p.rename('q')
print(pathlib.Path('q').read_text(), p.exists())
print(pathlib.Path('q').resolve().relative_to(os.getcwd()))
print(os.path.realpath('w/l') == os.getcwd() + '/w/d0')
with open('j', 'w') as f: json.dump({'a': 1}, f)
with open('v', 'w') as f: csv.writer(f).writerows([[1, 2], [3, 4]])
with os.scandir('.') as s: print(sorted((e.name, e.is_dir(), e.is_symlink()) for e in s))
fd = os.open('q', os.O_RDWR)
print(os.pread(fd, 1, 1), os.pwrite(fd, b'!', 5), os.fstat(fd).st_size)
os.ftruncate(fd, 3); os.fsync(fd); os.posix_fallocate(fd, 0, 100); print(os.lseek(fd, 0, 2))
os.close(fd)
a = open('q', 'rb'); b = open('cp', 'wb'); print(os.sendfile(b.fileno(), a.fileno(), 0, 50))
b.close()
a.seek(0); b = open('cp2', 'wb'); print(os.copy_file_range(a.fileno(), b.fileno(), 50)); b.close()
d = os.open('w', os.O_RDONLY); print(sorted(os.listdir(d)), os.stat('d1', dir_fd=d).st_mode)
os.mkdir('n', dir_fd=d); os.rename('n', 'n2', src_dir_fd=d, dst_dir_fd=d); os.chdir(d)
print(os.listdir('.').count('n2')); os.chdir('..'); os.utime('q', ns=(10**18 + 1, 10**18 + 2))
print(os.stat('q').st_mtime_ns); os.chmod('q', 0o640)
print(oct(os.stat('q').st_mode), os.access('q', os.R_OK))
os.link('q', 'h'); print(os.stat('h').st_nlink, os.path.samefile('q', 'h'))
shutil.move('h', 'w/d0')
shutil.rmtree('c'); print(os.path.exists('c')); f = io.open('enc', 'w', encoding='utf-16')
f.write('gruss\n' * 3); f.close(); print(io.open('enc', encoding='utf-16').readlines())
shutil.copy2('q', 'q2'); print(os.stat('q2').st_mtime_ns, shutil.disk_usage('.').total > 0)
PYTHON
""" + PYTHON + r""" t.py; rm -f arch.tar.gz m"""),
    ("python3, processes", r"""
mkdir pkg; echo 'import os; here = os.path.basename(os.path.dirname(__file__))' > pkg/__init__.py
echo 'def f(x): return x * x' > pkg/m.py; cat > t.py <<'PYTHON'
import concurrent.futures as cf, fcntl, multiprocessing as mp, os, subprocess, sys
import pkg, pkg.m
def write(i):
    with open(f'out{i}', 'w') as f: f.write(str(pkg.m.f(i)))
    return i
def add(n):
    for _ in range(50):
        with open('counter', 'r+') as f:
            fcntl.flock(f, fcntl.LOCK_EX); v = int(f.read())
            f.seek(0); f.write(str(v + 1)); f.flush()
def out(*argv, **options):
    return subprocess.run(argv, capture_output=True, text=True, **options).stdout
if __name__ == '__main__':
    print(pkg.here)
    for how in ('fork', 'spawn', 'forkserver'):
        with mp.get_context(how).Pool(4) as p: print(sum(p.map(write, range(20))))
    print(sorted(f for f in os.listdir('.') if f.startswith('out'))[:3])
    open('counter', 'w').write('0'); ps = [mp.Process(target=add, args=(i,)) for i in range(4)]
    [p.start() for p in ps]; [p.join() for p in ps]; print(open('counter').read())
    with cf.ThreadPoolExecutor(8) as e: print(sum(e.map(write, range(100))))
    with open('so', 'w') as o, open('t.py') as i: subprocess.run(['head', '-n1'], stdin=i, stdout=o)
    print(open('so').read(), out('cat', 'out3'), out('ls | wc -l', shell=True))
    print(out(sys.executable, '-Bc', 'import pkg.m; print(pkg.m.f(9))'))
    os.mkdir('sub'); print(out('echo hi > f; cat f; cat ../out3', shell=True, cwd='sub'))
    q = mp.Queue(); p = mp.Process(target=q.put, args=('hi',)); p.start(); print(q.get()); p.join()
    pid = os.fork()
    if pid == 0: os.execv('/bin/cat', ['cat', 'nothing'])
    print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    actions = [(os.POSIX_SPAWN_OPEN, 1, 'spawned', os.O_WRONLY | os.O_CREAT, 0o644)]
    pid = os.posix_spawn('/bin/cat', ['cat', 'out4'], os.environ, file_actions=actions)
    print(os.waitpid(pid, 0)[1], open('spawned').read())
PYTHON
""" + PYTHON + r""" t.py; /usr/bin/python3 -m compileall -q pkg; ls pkg/__pycache__
/usr/bin/python3 -c 'import pkg.m; print(pkg.m.__cached__[-9:])'; rm -r pkg/__pycache__"""),
    ("python3, venv", r"""
/usr/bin/python3 -m venv --without-pip v; v/bin/python -c 'import os, sys
print(sys.prefix == os.getcwd() + "/v", sys.version_info[:2])'
site=$(echo v/lib/python3*/site-packages)
mkdir $site/mine; echo 'x = 5' > $site/mine/__init__.py; . v/bin/activate
python3 -c 'import mine; print(mine.x)'; deactivate; ls v v/bin
echo 'import mine; print(mine.x)' > s
sed -i "1i#!$D/v/bin/python3" s; chmod +x s; ./s; find v -name '__pycache__' -exec rm -r {} +
sed -i "s,$D,@D," v/pyvenv.cfg s v/bin/?ctivate*"""),
    ("python3, mmap", r"""
cat > t.py <<'PYTHON'
import mmap, os
open('f', 'wb').write(b'.' * 20000)
f = open('f', 'r+b'); m = mmap.mmap(f.fileno(), 0); m[5000:5005] = b'hello'
print(os.pread(f.fileno(), 5, 5000)); os.pwrite(f.fileno(), b'world', 9000); print(m[9000:9005])
pid = os.fork()
if pid == 0: m[100:103] = b'kid'; os._exit(0)
os.waitpid(pid, 0); print(m[100:103], m.find(b'world')); m.flush()
print(open('f', 'rb').read()[100:103])
m.resize(30000); m[29999:] = b'!'; m.close(); f.close(); print(os.path.getsize('f'))
with open('f', 'r+b') as f, mmap.mmap(f.fileno(), 4096, offset=4096, access=mmap.ACCESS_COPY) as m:
    m[0:1] = b'Z'; print(m[904:909])
print(open('f', 'rb').read(5000)[4096:4097])
PYTHON
""" + PYTHON + " t.py; cksum f"),
    ("unix sockets", r"""
cat > t.py <<'PYTHON'
import os, socket
def new(kind=socket.SOCK_STREAM): return socket.socket(socket.AF_UNIX, kind)
def refused(call, path):
    try: call(path)
    except OSError as error: print(error)
for path in ('s', './a b', os.getcwd() + '/absolute'):
    server = new(); server.bind(path); print(oct(os.stat(path).st_mode)); server.listen()
    refused(new().bind, path); client = new(); client.connect(path)
    client.send(b'hello'); print(server.accept()[0].recv(9)); server.close()
    refused(new().connect, path); os.rename(path, 'moved'); refused(new().connect, 'moved')
    os.unlink('moved'); refused(new().connect, 'moved')
open('f', 'w').close(); refused(new().connect, 'f'); refused(new().bind, 'none/s')
box = new(socket.SOCK_DGRAM); box.bind('box'); new(socket.SOCK_DGRAM).sendto(b'letter', 'box')
print(box.recv(9)); os.chmod('box', 0o600); print(oct(os.stat('box').st_mode))
PYTHON
""" + PYTHON + " t.py; ls -l | cut -c1-10"),
    ("rsync -aHAX", r"""
tar -xf $IN/lua.tar; cd lua || exit; ln doc/lua.css hard; ln -s src sl; chmod 600 README
touch -d @1000000000.5 README; mkfifo p; truncate -s 1M sparse
printf x | dd of=sparse seek=500000 bs=1 conv=notrunc status=none; touch -d @1111111111 sparse
cd "$D"; touch -d @1222222222 lua
rsync -aHAX lua/ c/; echo $?; diff -r -x p lua c; stat -c '%n %h %a %s' c/hard c/README
find c -type f -printf '%P %T@ %m %n\n' | sort; rsync -aHAXn --delete -i lua/ c/
echo changed >> c/src/lua.c; rm c/doc/manual.html; echo e > c/extra
rsync -aHAX --delete -i lua/ c/ | sort; rsync -a --inplace --no-whole-file lua/ c/
rsync -aS lua/sparse s2; cmp lua/sparse s2; rsync -ac -i lua/ c/; t=$(mktemp -d); rsync -aX c/ $t/x/
rsync -aXHi $t/x/ c2/ | wc -l; diff -r -x p c2 c && echo back; rm -r $t c2
rsync -a --backup --suffix=.b lua/Makefile c/README; ls c"""),
    ("xattrs", r"""
echo a > f; setfattr -n user.k -v v f; getfattr -d f; mkdir d; setfattr -n user.d -v w d
getfattr -d d
rsync -aX f d/g; getfattr -d d/g; cp -a f h; getfattr -d h; attr -q -g k h; echo
tar --xattrs -cf t.tar h; rm h; tar --xattrs -xf t.tar; getfattr -d h; setfattr -x user.k h
getfattr -d h
""" + PYTHON + r""" -c 'import os
os.setxattr("f", "user.l", b"w"); print(sorted(os.listxattr("f")))'
getfattr -n user.no f 2>&1; setfattr -n user.big -v "$(seq 500)" f; getfattr -n user.big f | wc -c
rm t.tar"""),
    ("vim -es", r"""
v() { vim -es -u NONE -i NONE "$@" < /dev/null; }; seq 20 > f; chmod 640 f
v -c '%s/1/one/g' -c w -c q f; cat f; stat -c %a f
v -c 'set backup backupskip=' -c 'normal ggdd' -c x f; ls -A
wc -l f; v -c 'r !ls' -c 'w g' -c 'q!' f; cat g
v -c 'set undofile backupcopy=yes' -c 'normal Gotext' -c wq f
ls -A; v -c 'e d/x' -c wq; echo $?; v -c 'set directory=.' -c 'sp g' -c wqa f; ls -A; v -d -c qa f g
echo $?; v -c 'set writebackup backupskip= backupdir=. fsync' -c '1,5d' -c wq g; cat g; ln -s g l
ln g h; v -c '$d' -c wq l
v -c 'normal ddd' -c wq h; stat -c '%h %F' l h g; v -c 'grep! five f' -c q; rm -f .f.un~"""),
    ("diff, patch, xargs -P", r"""
tar -xf $IN/lua.tar; cp -a lua b; sed -i s/lua_State/LS/ b/src/l*.c; diff -ru lua b > p
grep -c '^+' p
patch -s -p1 -d lua < p; diff -r lua b && echo same
find b -type f -print0 | xargs -0 -P 8 -n 3 sha256sum | sort -k2
find b -type f | sort | xargs -P 4 -I{} cp {} {}.copy; find b | wc -l
ls b/src | xargs -P 8 -I{} sh -c 'wc -c < b/src/{} > /dev/null && echo ok > b/{}.ok'
ls b/*.ok | wc -l; diff -rq lua b | wc -l; sed -E 's/[0-9]{4}-.*//' p | cksum; rm -rf b p"""),
    ("ssh-keygen", r"""
ssh-keygen -q -t ed25519 -N '' -C c -f key; stat -c '%a %n' key key.pub
ssh-keygen -lf key.pub | wc -w
ssh-keygen -y -f key | cut -c-11; echo "host $(cut -d' ' -f1,2 key.pub)" > known
ssh-keygen -F host -f known | wc -l; ssh-keygen -R host -f known 2>&1 | wc -l; wc -c < known
ssh-keygen -q -p -N secret -f key > /dev/null; echo m > m; ssh-keygen -q -y -P secret -f key | wc -w
chmod 644 key; ssh-keygen -y -P secret -f key 2>&1 | grep -c bad; rm key* known.old"""),
    ("perl", r"""
cat > t.pl <<'PERL'
open F, ">", "f"; print F "line $_\n" for 1..100; close F; open F, "f"; @l = <F>
print scalar(@l), "\n";
print -s "f", "\n"; rename "f", "g"; opendir D, "."; print join(" ", sort readdir D), "\n";
print((stat "g")[2], "\n"); unlink "g"; mkdir "d"; print -d "d" ? "d\n" : "n\n"; symlink "d", "s";
print readlink "s", "\n"; utime 5, 6, "d"; print((stat "d")[9], "\n")
print join(" ", sort <*>), "\n";
use File::Find; use File::Copy; use File::Temp "tempfile"; use File::Path; use Cwd;
copy("/etc/passwd", "p")
find({ wanted => sub { print "$_\n" }, preprocess => sub { sort @_ } }, ".");
($h, $n) = tempfile(DIR => "."); print $h "x"; close $h; print -s $n, "\n"; unlink $n;
print getcwd() eq $ENV{D} ? "cwd\n" : getcwd(); open($f, "+<", "p"); flock($f, 2); truncate $f, 5;
seek $f, 0, 0; print <$f>, "\n"; print `cat p`, "\n"; system("ls"); make_path("a/b/c")
remove_tree("a");
open(P, "|-", "cat > piped"); print P "piped\n"; close P; move("piped", "moved")
print -e "moved", "\n";
open(IN, "<", "moved"); open(STDIN, "<&IN"); exec "cat" or die;
PERL
perl t.pl; seq 5 > l; perl -pi -e 's/3/three/' l; cat l; perl -i.bak -ne 'print unless /1/' l; ls
perl -e 'print `pwd` eq "$ENV{D}\n" ? 1 : 0, "\n"'"""),
    ("cpio, unzip, zstd, xz", r"""
tar -xf $IN/lua.tar; (cd lua && find . -depth | sort | cpio -o -H newc --quiet) > l.cpio; mkdir x
(cd x && cpio -idm --quiet < ../l.cpio); diff -r lua x && echo same; stat -c %Y x/README
find lua | sort | cpio -pdm --quiet y; diff -r lua y/lua && echo same; tar -cf t.tar lua
for z in gzip xz zstd bzip2; do $z -kq t.tar; $z -tq t.tar.*; rm t.tar.*; done; zstd -q t.tar
rm t.tar
zstd -dq t.tar.zst; tar -tf t.tar | wc -l; xz -0 t.tar; unxz t.tar.xz; tar -cJf t.txz lua/src
tar -xJf t.txz -O lua/src/lua.h | wc -l; tar --zstd -cf t.tzst lua/doc
tar --zstd -tf t.tzst | wc -l
""" + PYTHON + r""" -m zipfile -c z.zip lua/; unzip -q z.zip -d u; diff -r lua u/lua && echo same
unzip -l z.zip | tail -n 1 | wc -w; unzip -p z.zip lua/README | wc -l; rm -f t.* z.zip l.cpio"""),
    ("install, truncate, dd", r"""
tar -xf $IN/lua.tar; install -d i/a; install -m 640 -p lua/README i/a/r; stat -c '%a %s' i/a/r
truncate -s 5000 t; truncate -s -10 t; truncate -r lua/README t2; stat -c %s t t2
dd if=/dev/zero of=z bs=64k count=3 status=none
dd if=lua/README of=z bs=7 seek=3 conv=notrunc,fsync status=none
dd if=z of=z2 iflag=fullblock bs=100 skip=2 status=none
dd if=z of=z3 oflag=append conv=notrunc status=none
cksum z z2 z3; cp --sparse=always z zs; cmp z zs; cp --reflink=auto z zr
shuf -n 3 z2 2> /dev/null | wc -l
seq 50000 | sort -R | tee s | sort -n -o s2; wc s s2; seq 300000 | sort -S 1M -T . -r | head -n 1
sort -m s2 s2 | uniq -d | wc -l; split -n 4 -d s p; cat p0* | cmp - s; tac s2 | head -n 1; rm s p0?
tee a b < s2 | cksum; cksum a b; sync a; sync -f a; mkfifo ff; cat ff > fo & echo through > ff
wait; cat fo"""),
    ("chmod, chown, cp, mv, ln", r"""
tar -xf $IN/lua.tar; chmod -R go-rwx lua; find lua -perm /077 | wc -l; chmod -R a+rX lua
chown -R $(id -u):$(id -g) lua; echo $?; ln lua/README h; ln -s h s1; ln -f h s2
stat -c '%h %F' h s1
cp -l lua/Makefile hl; cp -s $D/lua/Makefile sl; cp -rp lua l2; cp -b h hl; ls; mv l2 l3; mv -n h hl
mkdir i; mv -t i s2 hl; ls -R i; cp -u lua/README i; test i/README -nt lua/README; echo $?
du --apparent-size lua/src/lua.h; du -a lua/doc | wc -l; df . | wc -l; df -i . > /dev/null; echo $?
stat -f . > /dev/null; echo $?; readlink -f sl | sed "s,$D,,"; realpath --relative-to=. lua/src
rm -r l3
rm sl"""),
    ("programs that lie on it", r"""
mkdir bin lib; cp /bin/ls /bin/cat /usr/bin/env bin; PATH=$D/bin:$PATH; hash -r; ls bin
echo a | cat
printf '#!/bin/sh\necho "$0" "$@" | sed "s,.*/,,"\n' > bin/sc; chmod +x bin/sc; sc a b; env sc c
env -i PATH=$PATH sc d; printf 'int two(void) { return 2; }\n' > t.c
gcc -shared -fPIC -o lib/libtwo.so t.c
printf 'int two(void); int main(void) { return two(); }\n' > m.c; gcc -o bin/m m.c -Llib -ltwo
LD_LIBRARY_PATH=$D/lib m; echo $?; LD_LIBRARY_PATH=$D/lib bin/m; echo $?
/usr/bin/python3 -c 'import ctypes; print(ctypes.CDLL("./lib/libtwo.so").two())'
cat < m.c | cmp - m.c
cp /usr/bin/find bin/f2; f2 bin -name sc -exec {} e \;; echo f | xargs sc; (exec -a name bin/sc x)
sh -c 'exec bin/sc y'; timeout 5 bin/sc z; nohup bin/sc n 2> /dev/null; setsid -w bin/sc q
rm bin/ls bin/cat bin/env bin/f2"""),
]

# The demo's: minutes, not seconds.
LARGE = [
    ("make -j8 of sqlite", r"""
tar -xf $IN/sqlite.tar; mkdir b; cd b || exit
CFLAGS=-O0 ../sqlite/configure -q --disable-amalgamation --disable-readline --disable-tcl > log 2>&1
echo $?; make -j8 sqlite3 > log2 2>&1; echo $?; ls *.lo | wc -l; cat .libs/*.o | sha256sum
./sqlite3 x.db 'create table t(a); insert into t values(1),(2); select sum(a) from t'
rm -rf config.* libtool Makefile log log2 sqlite3 lemon mkkeywordhash *.la *.lo .libs
rm -r ../sqlite"""),
    ("git clone of 20,000 files", GIT + r"""
git clone -q $IN/many.bundle c; cd c || exit; git status; git fsck --full; git ls-files | wc -l
git ls-files -z | xargs -0 cat | cksum; git gc -q; git status -s; cd ..; rm -rf c"""),
]

# What a server cannot do, whoever asks.
NOT_ON = {("ganesha", "xattrs"): "nfs-ganesha 4.3's FSAL VFS has no extended attributes"}


def known(title, name):
    """Why the server of this title differs here, or None."""
    found = [why for (server, case), why in NOT_ON.items() if server in title and case == name]
    return found[0] if found else None
