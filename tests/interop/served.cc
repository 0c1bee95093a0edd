// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/interop/served.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

namespace strait::interop {

TempFolder::TempFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "strait-test-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
    std::filesystem::permissions(path_, std::filesystem::perms::all);
}

TempFolder::~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

Served::Served(const std::string& kind, const std::vector<std::string>& exports) : kind_(kind) {
    int in[2], out[2];
    // Another server of this test must not inherit our ends: the first would never see its input
    // end.
    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) return;
    child_ = fork();
    if (child_ == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        dup2(in[0], 0);
        dup2(out[1], 1);
        for (int fd : {in[0], in[1], out[0], out[1]}) close(fd);
        std::string script = STRAIT_SOURCE_DIR "/tests/lib/serve.py";
        std::vector<const char*> argv{"python3", "-B", script.c_str(), kind.c_str()};
        for (const std::string& each : exports) argv.push_back(each.c_str());
        argv.push_back(nullptr);
        execvp("python3", const_cast<char* const*>(argv.data()));
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    input_ = in[1];
    char c;
    while (read(out[0], &c, 1) == 1 && c != '\n') first_line_ += c;
    close(out[0]);
    char where[128] = "";
    if (sscanf(first_line_.c_str(), "ready on %127s %d", where, &server_pid_) == 2) where_ = where;
}

Served::~Served() {
    if (input_ >= 0) close(input_);
    if (child_ > 0) waitpid(child_, nullptr, 0);
}

std::unique_ptr<client::nfs4::Mount> mount(Reactor& reactor, const std::string& url,
                                           client::TraceSink* trace) {
    auto parsed = client::parse_url(url);
    EXPECT_TRUE(parsed.has_value()) << url;
    auto options = client::parse_options(*parsed);
    EXPECT_TRUE(options.has_value()) << url;
    auto connected =
        reactor.block_on(client::nfs4::Mount::connect(reactor, *parsed, *options, trace));
    EXPECT_TRUE(connected.has_value()) << url << ": " << errc_text(connected.error().code);
    return connected ? std::move(*connected) : nullptr;
}

}  // namespace strait::interop
