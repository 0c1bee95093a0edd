#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# ./dev demo [ARGS]: real programs on NFS files; demo.py --help tells.
exec python3 -B "$(dirname "$(readlink -f "$0")")/demo.py" "$@"
