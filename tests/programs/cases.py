# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is run on a mount and on the local disk, in an empty folder: name, bash text.

$D is that folder, which is the working directory too. Output, errors included, and exit status must
be the same; so must the tree that is left.
"""

FILES = r"""
seq 1 2000 > numbers; printf 'b\na\nc\nb\n' > letters; printf 'no newline' > tail
head -c 300000 /dev/zero | tr '\0' 'x' > big; : > empty; mkdir -p d/e/f; echo deep > d/e/f/g
ln -s numbers link; ln -s nowhere dangling; ln -s d dlink
"""

CASES = [
    ("cat head tail wc", FILES + r"""
cat numbers letters | cksum; cat < tail; cat -A tail; head -n 3 numbers; head -c 5 big; echo
tail -n 2 numbers; tail -c 4 tail; echo; wc numbers letters tail empty; wc -l < numbers; tac letters
nl letters; head -n -1997 numbers; tail -n +1999 numbers"""),
    ("dd", FILES + r"""
dd if=numbers of=copy bs=512 2>/dev/null; cmp numbers copy;
dd if=big of=part bs=1000 skip=3 count=7 2>/dev/null
stat -c %s part; dd if=letters of=copy bs=1 seek=4 conv=notrunc 2>/dev/null; head -n 5 copy
dd if=/dev/zero of=sparse bs=1 count=1 seek=1000000 2>/dev/null; stat -c %s sparse
dd if=big bs=64k 2>/dev/null | cksum; dd if=numbers of=app oflag=append conv=notrunc 2>/dev/null;
cksum app"""),
    # What cp -r has copied before it meets itself depends on inode numbers: here, nothing.
    ("cp", FILES + r"""
cp numbers a; cmp numbers a; cp -r d d2; find d2 | sort; cp -a link l2; readlink l2;
cp -L link l3; cmp l3 numbers
cp -p letters kept; [ letters -nt kept ]; echo $?; [ letters -ot kept ]; echo $?;
mkdir -p self/in; cp -r self self/in; echo $?; rm -r self; cp numbers letters d; ls d
cp nothing x; echo $?; cp a a; echo $?; cp -n letters a; cmp a numbers;
touch -d @1 letters; cp -u a letters
cp --sparse=always big s; cmp big s; cp /etc/passwd .; cmp /etc/passwd passwd;
cp passwd /tmp/strait-cp.$$
cmp passwd /tmp/strait-cp.$$; rm /tmp/strait-cp.$$; cp -b letters a; ls; cp -t d empty tail;
ls d"""),
    ("mv", FILES + r"""
mv numbers n; ls; mv n d; ls d; mv d moved; find moved | sort; mv letters tail; cat tail;
mv nothing x; echo $?
mv -n tail empty; ls; mv moved/e .; ls; mv e /tmp/strait-mv.$$; ls; mv /tmp/strait-mv.$$ e;
find e | sort
mv --no-target-directory e moved/e; find moved | sort; mv -b tail empty; ls"""),
    ("rm rmdir unlink", FILES + r"""
rm letters; rm nothing; echo $?; rm -f nothing; echo $?; rm d; echo $?; rmdir d; echo $?; rm -r d;
rm link dangling
ls; mkdir -p x/y/z; rmdir x/y/z; rmdir -p x/y; ls; unlink tail; unlink nothing; echo $?;
rm -v big empty
touch -- -f; rm -- -f; rm -rf .; ls -A; mkdir many; (cd many; seq 300 | xargs touch; ls | wc -l);
rm -r many; ls"""),
    ("ls stat", FILES + r"""
ls; ls -a; ls -1F; ls -d d; ls -l numbers | cut -d' ' -f1-5;
ls -lR --time-style=+ d | grep -v '^total\|^d'
ls -S numbers letters tail big; ls -i numbers | grep -c .; ls nothing; echo $?;
ls -p --group-directories-first; ls -Q
stat -c '%n %F %s %a %h' numbers link empty big dangling; stat -L -c '%F %s' link; stat nothing;
echo $?
stat -c %N link; vdir numbers | cut -d' ' -f1-5; dir;
test -e numbers -a -d d -a -L link -a ! -e dangling; echo $?
[ -s empty ] || echo empty; [ -r numbers ] && [ -w numbers ] && [ ! -x numbers ] && echo access;
stat -f -c %T . > /dev/null; echo $?"""),
    ("touch truncate", FILES + r"""
touch -d '2020-02-03 04:05:06.123456789 UTC' letters; stat -c '%y %x' letters | TZ=UTC cat;
touch new; ls new
touch -r letters numbers; stat -c %Y numbers; touch -a -d @1000 tail; stat -c %X tail;
touch -m -d @2000 tail
stat -c '%X %Y' tail; touch -c none; ls none; truncate -s 10 numbers; cat numbers;
truncate -s 20 tail; od -c tail
truncate -s +5 tail; stat -c %s tail; truncate -s 0 big; stat -c %s big"""),
    ("times of a symlink", FILES + "touch -h -d @3000 link; stat -c %Y link"),
    ("mkdir mknod mktemp", r"""
mkdir a; mkdir a; echo $?; mkdir -p a/b/c; mkdir -m 700 p; stat -c %a p; umask 027; mkdir u;
touch uf; stat -c %a u uf
mkdir no/way; echo $?; mkfifo pipe; stat -c '%F %a' pipe; t=$(mktemp -p .);
[ -f "$t" ] && stat -c '%a %s' "$t"; rm "$t"
t=$(mktemp -d -p "$D"); [ -d "$t" ] && stat -c %a "$t"; rmdir "$t"; rm pipe; ls"""),
    ("ln readlink realpath", FILES + r"""
ln numbers hard; stat -c %h hard; [ hard -ef numbers ] && echo same; ln numbers hard; echo $?;
ln -f letters hard
cmp hard letters; ln -s a/b/c broken; readlink broken; readlink -f link; readlink -e broken;
echo $?; readlink numbers; echo $?
realpath d/e/../e/f; realpath link; realpath dlink/e; realpath --relative-to=d d/e/f;
realpath -m no/such; link numbers l5
stat -c %h l5; ln -sfn e d/link2; ls -l d/link2 | sed 's/.*link2/link2/'; cd dlink; pwd; pwd -P;
cd e/..; pwd -P; ln d x; echo $?"""),
    ("chmod chown install", FILES + r"""
chmod 640 numbers; stat -c %a numbers; chmod u+x,go-r numbers; stat -c %a numbers; chmod -R a-w d;
stat -c %a d d/e/f/g
chmod -R u+w d; chmod 755 link; stat -c %a numbers; chmod 1777 d; stat -c %A d; chmod +t nothing;
echo $?
chown $(id -u):$(id -g) numbers; echo $?; chgrp $(id -g) letters; echo $?; chown -R $(id -u) d;
echo $?
install -m 751 letters inst; stat -c %a inst; cmp letters inst; install -d -m 700 x/y;
stat -c %a x/y; install -D tail q/r/s; cat q/r/s"""),
    ("du df", FILES + r"""
du --apparent-size -b numbers letters big; du -b d/e/f/g; du -a --inodes d | sort;
df . > /dev/null; echo $?; df -i . > /dev/null; echo $?
df --output=target nothing; echo $?; sync numbers; echo $?; sync; echo $?"""),
    ("sort uniq", FILES + r"""
sort letters; sort -u letters; sort -rn numbers | head -n 2; sort -o letters letters; cat letters;
sort -c numbers; echo $?
seq 100000 | shuf --random-source=big | sort -n -S 100k -T . | cksum; uniq -c letters;
sort < letters; uniq letters out; cat out
comm letters out; join letters out; paste letters out; cut -c1 letters; tr a-c x-z < letters;
ls"""),
    ("split csplit tee", FILES + r"""
split -l 500 numbers p.; ls; cat p.* | cmp - numbers; csplit -s numbers 100 200; wc -l xx*;
seq 3 | tee a b > c; cat a b c
seq 4 5 | tee -a a > /dev/null; cat a; split -n 3 big q.; cat q.* | cmp - big;
fold -w 40 big | head -n 2; fmt tail; pr -t letters
od -An -tx1 tail; expand tail; unexpand tail; echo; ptx letters | head -n 2; tsort <<< 'a b'"""),
    ("sums", FILES + r"""
for p in cksum sum md5sum sha1sum sha256sum sha512sum b2sum base64; do $p numbers | tail -n 1; done
sha256sum numbers letters tail > sums; sha256sum -c sums; echo x >> tail; sha256sum -c sums;
echo $?; md5sum * 2>&1 | sort
base64 tail | base64 -d; base32 tail; shred -n 1 -x letters; stat -c %s letters; shred -u letters;
ls letters; cmp numbers big; echo $?"""),
    ("bash redirections", r"""
echo one > f; echo two >> f; cat f; { echo a; echo b; } > g; cat < g; while read -r x;
do echo "<$x>"; done < f
exec 3> h; echo three >&3; exec 3>&-; cat h; exec 4< f; read -r a <&4; read -r b <&4;
echo "$b $a"; exec 4<&-
cat > here <<E
$((1+2))
E
cat here; echo err 2> e >&2; cat e; (echo sub; ls nothing) > all 2>&1; cat all; set -C;
echo no > f; echo $?; echo yes >| f; cat f
cat <<< word > w; cat w; echo x | tee y | cat - > z; cat y z; : > f; [ -s f ] || echo empty;
exec 5<> rw; echo rw >&5; cat rw
ls *; echo [fg]; echo d*; mapfile -t lines < all; echo ${#lines[@]}; echo -n end > n; cat n n;
printf '%s\n' *"""),
    ("bash scripts", r"""
cat > script <<'E'
#!/bin/bash
echo "$0 $# $1"; exit 3
E
chmod +x script; ./script a b; echo $?; bash script; . ./script x & wait $!; echo $?;
echo 'echo sourced' > lib; . ./lib; source lib
mkdir d; cd d; pwd; cd ..; basename "$PWD" > /dev/null; pushd d > /dev/null; pwd;
popd > /dev/null; (cd d && touch in); ls d
f() { cat > "$1"; }; echo func | f out; cat out; for i in 1 2 3; do echo $i; done > loop;
cat loop; x=$(< loop); echo $x
diff <(cat loop) <(seq 3) && echo equal; cat loop | (read -r a; echo $a; cat); ls -d */;
shopt -s globstar; echo **; test script -nt nothing; echo $?
cat > two <<'E'
#!/usr/bin/env -S awk -f
BEGIN { print "awk script" }
E
chmod 755 two; ./two; cp /bin/true t; ./t; echo $?; chmod -x t; ./t; echo $?"""),
    ("sharing of a position", r"""
seq 10 > f; { head -n 1 > /dev/null; cat; } < f | wc -l; exec 3< f; (read -r x <&3; echo "$x");
read -r y <&3; echo "$y"
bash -c 'read -r z <&3; echo $z'; exec 3<&-; { echo a; (echo b); bash -c 'echo c'; } > g; cat g
(exec 4>> g; echo d >&4; echo e >> g; echo f >&4); cat g; exec 6> h; bash -c 'echo child >&6';
echo parent >&6; exec 6>&-; cat h
(sleep 0.1; echo late) > bg & wait; cat bg; seq 3 > i; { sed -n 1p; sed -n 1p; } < i"""),
    ("find xargs", FILES + r"""
find . | sort; find . -type f -size +1k | sort; find . -name '*e*' | sort;
find d -type f -exec cat {} \;; find . -type l | sort
touch -d @1 letters; touch -d @0 tail; find . -newer letters | sort; find . -empty | sort;
find . -printf '%p %s %y %m\n' | grep -v ' d ' | sort
find . -xtype l; find d -depth; find . -maxdepth 1 -name 'b*' -print0 | xargs -0 wc -c;
find . -links +1 -type f; find -L . -type f | sort
find d -delete; ls; seq 30 | xargs -P 4 -n 5 touch; ls | wc -l;
find . -inum $(stat -c %i numbers); find . -perm 644 -name n*"""),
    ("grep sed awk", FILES + r"""
grep 99 numbers | wc -l; grep -c b letters; grep -r deep .; grep -rl 1999 . | sort;
grep -n a letters nothing; echo $?; grep -q zz numbers; echo $?
sed 's/b/X/' letters; sed -i 's/a/Y/' letters; cat letters; sed -i.bak 2d letters; ls letters*;
sed -n '5,7p' numbers
sed -n 'w out' numbers; wc -l out; awk '{s+=$1} END {print s}' numbers;
awk '{print > "o" NR % 3}' numbers; wc -l o?
awk 'BEGIN { while ((getline line < "letters") > 0) n++; print n }';
awk '{ print | "sort -r" }' letters; awk 'NR==2' < numbers
grep -z . tail | tr '\0' '\n'; fgrep -x 1000 numbers; egrep '^(1|2)$' numbers;
sed --follow-symlinks -i 1d link; head -n 1 numbers; sed '$r letters' tail; echo"""),
    ("tar gzip", FILES + r"""
chmod 600 letters; touch -d @1234567890 tail; ln numbers hard
tar --mtime=@0 -cf t.tar numbers letters link d hard tail; tar -tf t.tar; mkdir x;
tar -xf t.tar -C x; find x | sort
stat -c '%n %a %s' x/letters; stat -c '%h' x/numbers; stat -c %Y x/tail;
diff -r d x/d && echo same; tar -df t.tar > /dev/null; echo $?
tar --mtime=@0 -czf t.tgz d big; tar -tzf t.tgz; tar -xzf t.tgz -O d/e/f/g; gzip -k numbers;
gzip -l numbers.gz | wc -l; gunzip -c numbers.gz | cmp - numbers
gzip big; ls -s big.gz > /dev/null; gunzip big.gz; stat -c %s big; zcat numbers.gz | tail -n 1;
gzip -t numbers.gz; echo $?
tar -C d -cf - . | tar -C x -xf -; ls x; tar --append --mtime=@0 -f t.tar empty;
tar -tf t.tar | tail -n 1; tar -xf nothing.tar; echo $?"""),
    ("diff cmp patch", FILES + r"""
sed 's/^7$/seven/' numbers > n2; diff numbers n2; echo $?;
diff -u letters numbers | tail -n +3 | head -n 4; diff -rq d d; cmp numbers n2
mkdir d3; cp -r d/. d3; echo changed > d3/e/f/g; diff -r d d3; echo $?;
comm -12 numbers n2 | wc -l"""),
    ("long and odd names", r"""
n=$(printf 'n%.0s' $(seq 255)); echo long > $n; cat $n; echo x > "$n"x; echo $?; ls | wc -c;
mv $n short; cat short; echo latin > $'b\xe9'; cat $'b\xe9'; ls -b b*
mkdir $'\xff'; ls -b; rm -r $'\xff'
echo 'sp ace' > 'a b'; cat 'a b'; touch 'new
line' '*' '\' 'ü' "q'q"; ls -b; rm '*' '\'; ls | wc -l; mkdir -p $(printf 'd/%.0s' $(seq 60));
find . -type d | wc -l; rm -r d
mkdir deep; cd deep; for i in 1 2 3 4 5; do mkdir x$i; cd x$i; done; echo here > file;
cat ../x5/file; cd ../../..; pwd; cat x3/x4/x5/file
cat ./x3/../x3/x4/./x5/file; cat x3//x4///x5/file; ls nosuch/..; echo $?; cat file/.; echo $?"""),
    ("named pipes", r"""
mkfifo p; (cat p > got; echo done >> got) & echo through > p; wait; cat got; ls -l p | cut -c1-10
(seq 3 > p) & cat < p; exec 3<> p; echo both >&3; read -r x <&3; echo $x
exec 3>&-; test -p p; echo $?
mv p q; (echo moved > q) & cat q; wait; chmod 0 q; cat p; echo $?; rm q; ls; mkdir d; mkfifo d/p
(cd d; echo in > p) & cat d/p; cp -a d e; test -p e/p; echo $?
tar -cf - d | tar -tv | cut -c1-10"""),
    ("open but removed", r"""
seq 5 > f; exec 3< f; rm f; cat <&3; exec 3<&-; echo a > g; exec 3>> g; rm g; echo b >&3;
exec 3>&-; ls
echo 1 > h; exec 3< h; echo 2 > h.new; mv h.new h; cat <&3; cat h; ls"""),
    ("errors", FILES + r"""
cat d; echo $?; cat nothing; echo $?; cat numbers/x; echo $?; ls numbers/; echo $?; echo x > d;
echo $?; mkdir numbers; echo $?
ln -s loop1 loop2; ln -s loop2 loop1; cat loop1; echo $?; cp numbers d/nothing/x; echo $?;
mv d d/e; echo $?; rmdir numbers; echo $?
head -c 1 < /dev/null; touch d/; echo $?; touch newfile/; echo $?; cat ''; echo $?; cd numbers;
echo $?; cd nothing; echo $?; chmod 644 nothing; echo $?"""),
    ("out and in again", r"""
echo in > f; cat "$D/../$(basename "$D")/f"; cd /; cat "$D/f"; ls -d /etc; cd "$D"; cat f;
ln -s /etc/passwd p; cmp p /etc/passwd; ls -L p > /dev/null
(cd /; cat "${D#/}/f" "/etc/..$D/f" "/$D/f" "./${D#/}/./f"; cd "${D#/}" && cat f)
(cd /etc; cat "..$D/f"; ls "..$D/nothing"; cd "..$D/" && ls; cd /etc/..; ls "${D#/}")
(cd /etc; cat "$D/f"; ls passwd); env -i /bin/cat f; env -i "$(command -v bash)" -c 'cat f';
cat /dev/stdin < f; cat /dev/fd/0 < f; cat - < f
cp -r /etc/default . ; diff -r /etc/default default; echo $?; ls /proc/self/fd < f > /dev/null;
echo $?; nice cat f; timeout 5 cat f; nohup cat f 2>/dev/null; env X=1 cat f; stdbuf -oL cat f"""),
]

# What a server cannot do, whoever asks.
NOT_ON = {("ganesha", "times of a symlink"): "FSAL VFS says NFS4_OK and sets nothing"}
