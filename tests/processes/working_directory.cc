// SPDX-License-Identifier: LGPL-2.1-or-later
// A process stays in the directory that it works in, whatever others call it meanwhile.
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/fs.h>
#include <sys/stat.h>

#include "tests/processes/claims.h"

namespace {

// "d" with the file "f" in it, which this process works in. Returns where "d" lies.
std::string work_in_d() {
    must(mkdir("d", 0755) == 0);
    char top[PATH_MAX];
    must(getcwd(top, sizeof(top)) != nullptr && chdir("d") == 0);
    write_file("f", "text");
    return top;
}

template <class Body>
void somebody(Body body) {
    must(in_child(body) == 0);
}

std::string working_directory() {
    char path[PATH_MAX];
    must(getcwd(path, sizeof(path)) != nullptr);
    return path;
}

int entries(const char* path) {
    DIR* directory = opendir(path);
    must(directory != nullptr);
    int count = 0;
    while (const dirent* each = readdir(directory)) count += each->d_name[0] != '.';
    closedir(directory);
    return count;
}

bool fails_with(int error, int result) { return result == -1 && errno == error; }

}  // namespace

CLAIM(a_working_directory_is_followed_to_its_new_name) {
    const std::string top = work_in_d(), from = top + "/d", to = top + "/e";
    somebody([&] { must(rename(from.c_str(), to.c_str()) == 0); });
    must(content("f") == "text" && working_directory() == to);
    write_file("g", "new");
    must(content((to + "/g").c_str()) == "new" && entries(".") == 2);
    must(rename("g", "h") == 0 && mkdir("sub", 0755) == 0 && chdir("sub") == 0);
    must(working_directory() == to + "/sub" && content("../f") == "text");
    must(chdir("..") == 0 && working_directory() == to);
    must(rename(to.c_str(), from.c_str()) == 0 && working_directory() == from);
}

CLAIM(a_new_directory_of_the_old_name_is_another_one) {
    const std::string top = work_in_d(), from = top + "/d", to = top + "/e";
    somebody([&] {
        must(rename(from.c_str(), to.c_str()) == 0 && mkdir(from.c_str(), 0755) == 0);
        write_file((from + "/other").c_str(), "other");
    });
    must(fails_with(ENOENT, open("other", O_RDONLY)) && content("f") == "text");
    must(content((from + "/other").c_str()) == "other");
}

CLAIM(a_directory_above_may_have_a_new_name) {
    must(mkdir("a", 0755) == 0 && mkdir("a/b", 0755) == 0);
    const std::string top = working_directory();
    must(chdir("a/b") == 0);
    write_file("f", "text");
    somebody([&] { must(rename((top + "/a").c_str(), (top + "/c").c_str()) == 0); });
    must(content("f") == "text" && working_directory() == top + "/c/b");
    must(chdir("..") == 0 && working_directory() == top + "/c");
}

CLAIM(children_and_their_programs_are_in_the_same_directory) {
    const std::string top = work_in_d(), from = top + "/d", to = top + "/e";
    somebody([&] { must(rename(from.c_str(), to.c_str()) == 0); });
    somebody([&] { must(content("f") == "text" && working_directory() == to); });
    must(system("cat f > copy") == 0 && content("copy") == "text");
}

CLAIM(nothing_is_in_a_working_directory_that_was_removed) {
    const std::string top = work_in_d(), name = top + "/d";
    somebody([&] {
        must(unlink((name + "/f").c_str()) == 0 && rmdir(name.c_str()) == 0);
        must(mkdir(name.c_str(), 0755) == 0);
        write_file((name + "/new").c_str(), "new");
    });
    must(fails_with(ENOENT, open("new", O_RDONLY)));
    must(fails_with(ENOENT, open("made", O_WRONLY | O_CREAT, 0644)));
    must(fails_with(ENOENT, mkdir("made", 0755)));
    char path[PATH_MAX];
    must(getcwd(path, sizeof(path)) == nullptr && errno == ENOENT);
    must(chdir(name.c_str()) == 0 && content("new") == "new" && working_directory() == name);
}

CLAIM(directories_that_changed_places_are_told_apart) {
    const std::string top = work_in_d(), one = top + "/d", other = top + "/e";
    must(mkdir(other.c_str(), 0755) == 0);
    if (renameat2(AT_FDCWD, one.c_str(), AT_FDCWD, other.c_str(), RENAME_EXCHANGE) != 0) {
        must(errno == EINVAL);  // not every server can
        return;
    }
    must(content("f") == "text" && working_directory() == other && entries(one.c_str()) == 0);
}
