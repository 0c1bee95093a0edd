#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Inside the guest: VERSION PORT EXPORT. A tree in and out, names, links, locks, holes, attributes.
set -euo pipefail
mkdir -p /mnt
mount -t nfs4 -o "vers=$1,port=$2" "10.0.2.2:/$3" /mnt
cd /mnt
rm -rf work
mkdir work
cd work
cp -a /etc etc
diff -r --no-dereference /etc etc
(cd /etc && find . -printf '%P %y %m %U %G %l\n' | sort) >/tmp/there
(cd etc && find . -printf '%P %y %m %U %G %l\n' | sort) >/tmp/here
diff /tmp/there /tmp/here

dd if=/dev/urandom of=/tmp/big bs=1M count=16 status=none
cp /tmp/big big
cp big again
cmp /tmp/big again

echo text >a
mv a b
ln b c
ln -s b s
[ "$(cat s)" = text ]
rm b
[ "$(cat c)" = text ]
! mv c absent/d 2>/dev/null

truncate -s 100M sparse
[ "$(du -k sparse | cut -f1)" -lt 1024 ]
chmod 640 c
chown 5:6 c
touch -d 2001-01-01T00:00:00Z c
[ "$(stat -c '%a %u %g %Y' c)" = "640 5 6 978307200" ]

flock big -c true
( exec 9>lock; flock -x 9; ! flock -n lock -c true )
for i in $(seq 500); do : >"many.$i"; done
[ "$(ls | grep -c many)" = 500 ]
rm many.*
cd /mnt
rm -rf work
cd /
umount /mnt
