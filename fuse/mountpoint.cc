// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/mountpoint.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include "reactor/descriptor.h"

namespace strait::fuse {

namespace {

// "\040" and its like (proc(5)).
std::string unescape(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); i++) {
        const bool escaped = text[i] == '\\' && i + 3 < text.size();
        if (!escaped) {
            out += text[i];
            continue;
        }
        out +=
            static_cast<char>(std::strtol(std::string(text.substr(i + 1, 3)).c_str(), nullptr, 8));
        i += 3;
    }
    return out;
}

// ID PARENT MAJOR:MINOR ROOT DIRECTORY OPTIONS TAGS... - TYPE SOURCE OPTIONS
std::optional<Mounted> parse_line(const std::string& line) {
    std::istringstream words(line);
    std::string id, parent, device, root, directory, word;
    if (!(words >> id >> parent >> device >> root >> directory)) return std::nullopt;
    while (words >> word && word != "-") {
    }
    Mounted out;
    words >> out.type >> word;
    out.source = unescape(word);
    out.directory = unescape(directory);
    size_t colon = device.find(':');
    // The connection's number is its device number as the kernel prints it: all in one.
    auto major = std::strtoul(device.c_str(), nullptr, 10);
    auto minor = std::strtoul(device.c_str() + colon + 1, nullptr, 10);
    out.connection = static_cast<unsigned>(major << 20 | minor);
    return out;
}

// Standard error of the helper goes into the complaint.
Result<> run_helper(const std::string& directory, bool lazy, std::string& complaint) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return fail_errno(errno);
    Descriptor read_end(ends[0]), write_end(ends[1]);
    pid_t child = fork();
    if (child < 0) return fail_errno(errno);
    if (child == 0) {
        dup2(write_end.get(), 2);
        const char* flags = lazy ? "-uz" : "-u";
        execlp("fusermount3", "fusermount3", flags, "--", directory.c_str(), nullptr);
        dprintf(2, "fusermount3 cannot be run (%s): install the package fuse3, or be root",
                strerror(errno));
        _exit(127);
    }
    write_end.close();
    char text[512];
    for (ssize_t got; (got = read(read_end.get(), text, sizeof(text))) > 0;)
        complaint.append(text, static_cast<size_t>(got));
    while (complaint.ends_with('\n')) complaint.pop_back();
    int status = 0;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
    return fail(complaint.find("busy") != std::string::npos ? Errc::busy : Errc::perm);
}

}  // namespace

std::string absolute_path(const std::string& directory) {
    std::string path = directory;
    while (path.size() > 1 && path.back() == '/') path.pop_back();
    size_t slash = path.rfind('/');
    std::string parent = slash == std::string::npos ? "." : path.substr(0, slash);
    std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
    if (name.empty()) return "/";
    // These have a parent only once they are resolved themselves.
    const bool dots = name == "." || name == "..";
    if (char* resolved = realpath(dots             ? path.c_str()
                                  : parent.empty() ? "/"
                                                   : parent.c_str(),
                                  nullptr)) {
        parent = resolved;
        free(resolved);
    }
    if (dots) return parent;
    return parent == "/" ? "/" + name : parent + "/" + name;
}

std::optional<Mounted> mounted_at(const std::string& directory) {
    std::ifstream lines("/proc/self/mountinfo");
    std::optional<Mounted> found;
    for (std::string line; std::getline(lines, line);) {
        auto row = parse_line(line);
        if (row && row->directory == directory) found = std::move(row);
    }
    return found;
}

bool is_stale(const std::string& directory) {
    auto mounted = mounted_at(directory);
    if (!mounted || !mounted->type.starts_with("fuse")) return false;
    struct stat found;
    return stat(directory.c_str(), &found) != 0 && (errno == ENOTCONN || errno == ECONNABORTED);
}

Result<> unmount(const std::string& directory, bool lazy, std::string& complaint) {
    if (umount2(directory.c_str(), UMOUNT_NOFOLLOW | (lazy ? MNT_DETACH : 0)) == 0) return {};
    const int number = errno;
    if (number == EPERM) return run_helper(directory, lazy, complaint);
    complaint = strerror(number);
    return fail_errno(number);
}

Result<> abort_connection(unsigned connection) {
    std::string path = fmt::format("/sys/fs/fuse/connections/{}/abort", connection);
    Descriptor file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
    if (file && write(file.get(), "1", 1) == 1) return {};
    return fail_errno(errno);
}

Result<> abort_connection(const Mounted& mounted) {
    auto done = abort_connection(mounted.connection);
    // Root's own way, where that file system is not mounted.
    if (!done) umount2(mounted.directory.c_str(), MNT_FORCE | UMOUNT_NOFOLLOW);
    return done;
}

}  // namespace strait::fuse
