# SPDX-License-Identifier: LGPL-2.1-or-later
"""One case on the disk and on a mount: what is compared, and what is left out of it."""

# Every file's bytes; every name's type, mode and target.
LISTING = r"find . -type f -exec sha256sum {} + | sort -k2; find . -printf '%P %y %m %l\n' | sort"


def in_folder(folder, text):
    """The command that runs the case in a new folder, which it knows as $D."""
    return ["bash", "-c", f"export D={folder}; mkdir $D && cd $D || exit 99\n{text}"]


def normal(result, folder):
    status, output = result
    return status, "\n".join(line.replace(folder, "@D") for line in output.split("\n"))


def differences(wanted, got):
    if wanted[0] != got[0]:
        yield f"      exit status {got[0]}, on the disk {wanted[0]}"
    here, there = wanted[1].split("\n"), got[1].split("\n")
    if sorted(here) == sorted(there):
        return
    for line in here:
        if line not in there:
            yield f"      disk:  {line}"
    for line in there:
        if line not in here:
            yield f"      mount: {line}"


