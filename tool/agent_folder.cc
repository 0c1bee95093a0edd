// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/agent_folder.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

#include "wire/shm/protocol.h"

namespace strait::tool {

namespace {

Result<> make_private(const std::string& path) {
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno(errno);
    struct stat found;
    if (lstat(path.c_str(), &found) != 0) return fail_errno(errno);
    bool ours = S_ISDIR(found.st_mode) && found.st_uid == geteuid() && !(found.st_mode & 077);
    if (!ours) return fail(Errc::perm);
    return {};
}

}  // namespace

std::string agent_folder() {
    const char* runtime = getenv("XDG_RUNTIME_DIR");
    struct stat found;
    // Another user's folder stays in the environment after su: it is not ours to use.
    bool ours =
        runtime && *runtime == '/' && stat(runtime, &found) == 0 && found.st_uid == geteuid();
    return ours ? fmt::format("{}/strait", runtime) : fmt::format("/tmp/strait-{}", geteuid());
}

Result<> make_agent_folder(const std::string& folder) {
    if (auto made = make_private(folder); !made) return made;
    return make_private(folder + shm::cwd_name);
}

}  // namespace strait::tool
