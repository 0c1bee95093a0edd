# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the demo runs, and what "the same result as on the local disk" means for each."""
import re

# Name, shell text, run in the volume's top folder. {archive} and {sums} lie on the local disk.
PROGRAMS = [
    ("tar -x", "tar -xf {archive}"),
    ("ls -lR", "ls -lR tree"),
    ("grep -r", "grep -rn EXPORT_SYMBOL tree"),
    ("find", r"find tree -type f -name '*.h' -size +16k -printf '%p %s %m %TY-%Tm-%Td %TT\n'"),
    ("find | xargs wc", "find tree -name 'K*' -type f -print0 | sort -z | xargs -0r wc -lc"),
    ("awk > file, sed", "awk '{{ n += NF }} END {{ print FILENAME, n }}' tree/[A-Z]* > words && "
                        "sed 's/^/here: /' < words && rm words"),
    ("cp -a", "cp -a tree copy"),
    ("sha256sum -c", "cd copy && sha256sum -c {sums}"),
    ("tar -c | gzip", "tar --sort=name -c tree/include/net | gzip -n > net.gz && "
                      "gzip -dc net.gz | tar -t && rm net.gz"),
    ("rm -r", "rm -r tree copy && ls -A"),
]
# Where the order of a directory's entries shows, which each file system chooses.
IN_ANY_ORDER = {"grep -r", "find"}


# nfs-ganesha 4.3 answers a change of a symlink's times with "done" and leaves them as they were.
KEEPS_NO_SYMLINK_TIMES = "nfs-ganesha"


def normal(name, output, symlink_times=True):
    """The output less what each file system chooses for itself."""
    if name == "ls -lR" and not symlink_times:
        output = re.sub(r"^(l.*) \w{3} +\d+ +[\d:]+ (\S+ -> )", r"\1 - \2", output, flags=re.M)
    if name in IN_ANY_ORDER:
        return "\n".join(sorted(output.split("\n")))
    if name == "ls -lR":
        # The size and the link count of a folder, the blocks it holds, and the columns' widths.
        output = re.sub(r"^total \d+\n", "", output, flags=re.M)
        output = re.sub(r" +", " ", output)
        return re.sub(r"^(d\S+) \d+ (\S+ \S+) \d+", r"\1 - \2 -", output, flags=re.M)
    return output
