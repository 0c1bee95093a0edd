# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a day's programs work on, fetched or made once and kept: lua.tar and sqlite.tar (Debian's
sources by apt, from lists of our own), many.bundle (a git history of 20,000 files)."""
import fcntl
import glob
import hashlib
import os
import shutil
import subprocess

KEYS = "/usr/share/keyrings/debian-archive-keyring.gpg"
SOURCES = {"lua": "lua5.4", "sqlite": "sqlite3"}  # name of the tar file: source package
UNUSED = ["sqlite/test"]  # 86 MB that no build reads
PATIENCE_S = 240  # with the archive; without its sources, fewer cases run


def quiet(*argv, **options):
    return subprocess.run(argv, capture_output=True, check=True, **options).stdout


def debian():
    """The archive that this machine gets Debian's packages from, as a deb-src entry."""
    known = quiet("apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)",
                  "Created-By: Packages", "Origin: Debian").decode().split("\n")
    found = [line.split() for line in known if line.endswith(" main")]
    uri, suite, _ = min((entry for entry in found if "-" not in entry[1]), default=("", "", ""))
    if not uri:
        raise ValueError("no archive of Debian among apt's")
    return f"deb-src [signed-by={KEYS}] {uri} {suite} main\n"


def apt_get(folder, *arguments):
    """apt-get with lists and sources of its own: the machine's know no deb-src."""
    parts = f"{folder}/parts"
    for each in (f"{folder}/lists/partial", f"{folder}/cache", parts):
        os.makedirs(each, exist_ok=True)
    with open(f"{parts}/source.list", "w", encoding="utf-8") as file:
        file.write(debian())
    options = ["APT::Sandbox::User=root", f"Dir::State::Lists={folder}/lists",
               f"Dir::Cache={folder}/cache", "Dir::Etc::SourceList=/dev/null",
               f"Dir::Etc::SourceParts={parts}", "Acquire::Retries=3"]
    quiet("apt-get", "-q", *(f"-o{option}" for option in options), *arguments, cwd=folder,
          timeout=PATIENCE_S)


def fetch_sources(folder):
    work = f"{folder}/apt"
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    apt_get(work, "update")
    apt_get(work, "source", "--download-only", *SOURCES.values())
    for name, package in SOURCES.items():
        [archive] = [path for path in glob.glob(f"{work}/{package}_*.orig.tar.*")
                     if not path.endswith(".asc")]
        os.makedirs(f"{work}/{name}")
        quiet("tar", "-xf", archive, "-C", f"{work}/{name}", "--strip-components=1")
        quiet("tar", "--sort=name", "--owner=0", "--group=0",
              *(f"--exclude={path}" for path in UNUSED), "-cf", f"{folder}/{name}.tar", "-C", work,
              name)
    shutil.rmtree(work)


def make_many(folder, files=20000):
    top = f"{folder}/many"
    shutil.rmtree(top, ignore_errors=True)
    quiet("git", "init", "-q", "-b", "main", top)
    stream = [b"commit refs/heads/main\ncommitter A <a@b> 1600000000 +0000\ndata 3\none\n"]
    for i in range(files):
        text = hashlib.sha256(b"%d" % i).hexdigest().encode() * (1 + i % 40) + b"\n"
        stream.append(b"M 100644 inline d%03d/e%d/f%d\ndata %d\n%s\n"
                      % (i // 100, i % 5, i, len(text), text))
    quiet("git", "-C", top, "fast-import", "--quiet", input=b"".join(stream))
    quiet("git", "-C", top, "bundle", "create", "-q", f"{folder}/many.bundle", "HEAD", "main")
    shutil.rmtree(top)


def prepare(folder):
    """The folder, with whatever can be had in it; cases whose input is missing are left out."""
    os.makedirs(folder, exist_ok=True)
    with open(f"{folder}/.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all(os.path.exists(f"{folder}/{name}.tar") for name in SOURCES):
            try:
                fetch_sources(folder)
            except (subprocess.SubprocessError, ValueError, OSError) as error:
                print(f"no Debian sources to work on ({error})", flush=True)
        if not os.path.exists(f"{folder}/many.bundle"):
            make_many(folder)
    return folder


def missing(folder, text):
    """The input that this case needs and the folder has not, or None."""
    for word in text.replace(";", " ").split():
        name = word.removeprefix("$IN/")
        if name != word and not os.path.exists(f"{folder}/{name}"):
            return name
    return None
