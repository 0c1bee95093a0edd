# SPDX-License-Identifier: LGPL-2.1-or-later
"""Random command lines over a few names: what they print and leave does not depend on where they
run, nor on the time. None copies a directory into itself: how far that goes hangs on the order of
a listing. And none looks for the end of symlinks: coreutils' realpath never finds that of one that
leads to itself."""
import random
import re

NAMES = ["a", "b", "c", "d", "sp ace", "\u00e9", ".h"]
HEAD = r"""
mkdir -p "$1/1/2/3/4" && cd "$1/1/2/3/4" && export TOP=$PWD && umask 022  # ".." stays within
real() { (cd -P -- "$1" 2> /dev/null && pwd); }
apart() {
    local from
    from=$(real "$1") || return 0
    case "$(real "$2"):$(real "$(dirname "$2")")/" in *"$from"[:/]*) false ;; esac
}
"""
# P, Q and R: paths, NUMBER: up to 9000.
SIMPLE = r"""
mkdir P Q
mkdir -p P
mkdir -p P
mkdir -pv P
mkdir -m 700 P
rmdir P
rmdir -p P
rmdir -v --ignore-fail-on-non-empty P
touch P
touch -d 2001-02-03 P && stat -L -c %Y P
touch -c P
touch -h -d 2011-01-01 P
rm P
rm -f P
rm -r P
rm -rf P
rm -d P
cp P Q
apart P Q && cp -a P Q
apart P Q && cp -rT P Q
apart P Q && cp -l -r P Q
cp -s P Q
cp -f P Q
cp -b P Q
cp -P P Q
cp -p P Q
cp --sparse=always P Q
cp --remove-destination P Q
cp --attributes-only P Q
mv P Q
mv P Q
mv -f P Q
mv -T P Q
mv -b P Q
mv -v P Q
ln P Q
ln -s P Q
ln -sf P Q
ln -sfn P Q
ln -sT P Q
ln -L P Q
ln -P P Q
ln -b P Q
chmod 755 P
chmod 600 P
chmod u+x P
chmod -R go-w P
chmod -v 4755 P
chmod 1777 P/.
chown 1:1 P
chown -h 65534 P
stat -c '%F %a %h %u %g' P
stat -L -c '%F %a %u' P
readlink P
seq NUMBER > P
seq NUMBER >> P
head -c NUMBER /dev/zero | tr '\0' x > P
dd if=P of=Q bs=512 count=9 skip=1 seek=2 status=none
dd if=P of=Q bs=4096 count=5 conv=notrunc,fsync status=none
dd if=/dev/zero of=P bs=1000 count=3 seek=40 conv=nocreat status=none
dd if=P of=Q bs=100 count=2 oflag=append conv=notrunc status=none
dd if=P of=Q bs=1 count=3 conv=excl status=none
truncate -s NUMBER P
truncate -s +10 P
truncate -s '>300' P
truncate -s '<50' P
cat P Q | md5sum
cat P > Q
cat P Q > R
sort -o P Q
sed -i s/1/one/g P
sed -i.bak s/1/one/g P
tee P < Q | wc
split -n 3 P Q
split -l 100 -d P Q; ls
install -m 700 P Q
install -d P
install -D P Q
ls -A P
ls -AR P
ls -AdFp P
ls -AL P
find P -printf '%p %y %m %n %l\n' | sort
find P -type f -empty | sort
find P -type d -empty -delete
find P -name a -delete
find P -name b -print0 | xargs -0 -r ls -d | sort
find P -name c -prune -o -print | sort
find -L P -type f 2> /dev/null | sort
tar -cf T.tar --sort=name --mtime=@0 P && tar -tf T.tar; rm -f T.tar
apart P Q && tar -c P 2> /dev/null | tar -xm -C Q
tar -cf T.tar P && rm -rf P && tar -xf T.tar; rm -f T.tar
diff -r P Q | sort | head -20
cmp P Q
du -a --inodes P | sort
wc -c P Q
test -e P
test -L P
test -d P
test -x P
test P -ef Q
grep -rc 1 P 2>&1 | sort
flock P -c 'echo locked'
cd P && pwd -P && ls -A && echo hi > x
cd P && cd .. && ls -A
cd P && mkdir y && cd y && rmdir ../y && ls && ls ..
cd P && mv "$PWD" "$TOP/moved" && pwd -P && touch here; ls "$TOP"
exec 5<> P; echo abc >&5; cat <&5 | wc -c; rm -f P; echo more >&5; wc -c < /proc/self/fd/5
exec 5< P; mv P Q; cat <&5 | md5sum; cat Q | md5sum
exec 5>> P; echo 1 >> P; echo 2 >&5; (echo 3 >&5; echo 4 >&5); tail -n 4 P
echo P/* Q* .[!.]*
for f in *; do [ -f "$f" ] && mv "$f" "$f.m"; done; ls -A; for f in *.m; do mv "$f" "${f%.m}"; done
""".strip().splitlines()
PYTHON = ["p.write_text(str(q))", "p.rename(q)", "p.replace(q)", "p.unlink()", "p.symlink_to(q)",
          "q.hardlink_to(p)", "p.touch()", "p.mkdir(parents=True)", "print(p.read_bytes()[:20])",
          "print(p.samefile(q))", "shutil.rmtree(p)", "shutil.move(p, q)",
          "print(sorted(str(x) for x in p.rglob('*')))", "print(sorted(os.listdir(p)))"]
PERL = ["rename $p,$q or print $!", "link $p,$q or print $!", "truncate $p,77 or print $!",
        "opendir(D,$p) or print $!; print join \",\", sort readdir D",
        "open(F,\">>\",$p) or print $!; print F \"x\" x 5000; close F; print -s _ if -f $p",
        "utime 5,6,$p or print $!; print((stat $p)[9])", "print join \",\", sort glob \"$p/*\"",
        "open(F,\"+<\",$p) or print $!; seek F,3,0; read F,$x,7; print $x; seek F,0,2; print F 1"]
TREE = r"""cd "$TOP" && find . -printf '%p %y %m %n %U %G %l ' \( -type f -printf '%s ' \
    -exec sh -c 'md5sum < "$0"' {} \; -o -printf '\n' \) | sort"""


class Lines:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def path(self):
        path = "/".join(self.random.choice(NAMES) for _ in range(self.random.choice((1, 1, 2, 3))))
        tail = self.random.choices(("", "/", "/.", "/.."), (90, 4, 3, 3))[0]
        return f"'{path}{tail}'"

    def line(self):
        kind = self.random.random()
        if kind < 0.06:
            text = "import os, pathlib, shutil, sys; p, q = map(pathlib.Path, sys.argv[1:]); " + \
                self.random.choice(PYTHON)
            return f'python3 -c "{text}" {self.path()} {self.path()} 2>&1 | tail -n 1'
        if kind < 0.12:
            return f"perl -e '($p,$q)=@ARGV; {self.random.choice(PERL)}' " \
                f"{self.path()} {self.path()}"
        words = self.random.choice(SIMPLE).replace("NUMBER", str(self.random.randrange(1, 9000)))
        paths = {name: self.path() for name in "PQR"}
        return re.sub(r"(?<![\w$-])[PQR](?!\w)", lambda name: paths[name[0]], words)


def script(seed, count):
    """For bash, with the folder as $1: each line's output and status after its number."""
    lines = Lines(seed)
    text = [HEAD]
    for number in range(count):
        text.append(f"echo '#{number}'; ( {lines.line()}\n) < /dev/null 2>&1 | sed \"s#$TOP##g\"; "
                    'echo "= ${PIPESTATUS[0]}"')
    return "\n".join([*text, "echo '#tree'", TREE]) + "\n"
