#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# Inside the guest: VERSION PORT. Writes, holds a lock and checks its sums while the server dies and
# comes back. /host/started says that it is under way.
set -euo pipefail
mkdir -p /mnt
mount -t nfs4 -o "vers=$1,port=$2" 10.0.2.2:/disk /mnt
mkdir "/mnt/restart$1"
cd "/mnt/restart$1"
exec 9>lock
flock -x 9
: >/host/started
for i in $(seq 1 120); do
    dd if=/dev/urandom of=/tmp/x bs=64k count=4 status=none
    cp /tmp/x "f$i"
    sync "f$i"
    (cd /tmp && md5sum x | sed "s/x/f$i/") >>/tmp/sums
    echo "line $i" >>log
done
md5sum --quiet -c /tmp/sums
[ "$(wc -l <log)" = 120 ]
echo still >&9
exec 9>&-
cd /
umount /mnt
