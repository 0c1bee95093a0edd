# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real tree of thousands of files, fetched once by apt and kept as one tar file."""
import glob
import os
import re
import shutil
import subprocess

# Linux's header files without arch/: 5,900 files in 270 folders, 40 MB, some symlinks.
PACKAGE = re.compile(r"linux-headers-6\.1\.0-\d+-common")


def quiet(*argv, **options):
    return subprocess.run(argv, capture_output=True, text=True, check=True, **options).stdout


def newest_package():
    words = quiet("apt-cache", "--names-only", "search", r"^linux-headers-.*-common$").split()
    names = [word for word in words if PACKAGE.fullmatch(word)]
    if not names:
        raise LookupError("no linux-headers-6.1.0-*-common in apt's lists")
    return max(names, key=lambda name: int(name.split("-")[3]))


def unpack_package(folder):
    """Leaves the package's tree in folder/tree; returns its name."""
    name = newest_package()
    quiet("apt-get", "-q", "-o", "APT::Sandbox::User=root", "-o", "Acquire::Retries=3", "download",
          name, cwd=folder)
    [package] = glob.glob(f"{folder}/{name}_*.deb")
    quiet("dpkg-deb", "-x", package, f"{folder}/package")
    os.rename(f"{folder}/package/usr/src/{name}", f"{folder}/tree")
    shutil.rmtree(f"{folder}/tree/arch")  # two thirds of it are enough
    return name


def fetch(folder):
    """(path of the tar file, what it holds), made when it is not there yet."""
    archive, label = f"{folder}/tree.tar", f"{folder}/tree.txt"
    if not os.path.exists(label):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        try:
            what = unpack_package(folder)
        except (subprocess.CalledProcessError, LookupError) as error:
            print(f"demo: apt has no tree to give ({error}): /usr/include takes its place")
            shutil.copytree("/usr/include", f"{folder}/tree", symlinks=True)
            what = "/usr/include"
        quiet("tar", "--sort=name", "-cf", archive, "-C", folder, "tree")
        count = len(quiet("find", f"{folder}/tree", "-type", "f").splitlines())
        shutil.rmtree(f"{folder}/tree")
        shutil.rmtree(f"{folder}/package", ignore_errors=True)
        with open(label, "w", encoding="utf-8") as file:
            file.write(f"{what}: {count} files, {os.path.getsize(archive) >> 20} MB\n")
    with open(label, encoding="utf-8") as file:
        return archive, file.read().strip()
