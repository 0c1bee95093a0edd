// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One run of a verb: its event loop, its servers, its output, and what went wrong. SIGINT and
// SIGTERM stop it in order; a second one ends it at once.

#include <functional>
#include <optional>

#include "tool/common_options.h"
#include "tool/output.h"
#include "tool/report.h"
#include "tool/servers.h"

namespace strait::tool {

class Job {
  public:
    Job(Reactor& reactor, const CommonOptions& options);

    Reactor& reactor() { return reactor_; }
    Servers& servers() { return servers_; }
    Tracer& tracer() { return tracer_; }
    Output& out() { return out_; }
    const CommonOptions& options() const { return options_; }

    // Connected; null when that failed, which is told already.
    Task<std::optional<Place>> open(const Target& target);
    // Tells what failed. Being called off, and a reader that has gone, are no news.
    void failed(std::string_view what, const Place& place, Error error);
    void failed_connecting(const Target& target, Error error);
    void set_status(ExitStatus status) { status_ = std::max<int>(status_, status); }
    int status() const { return status_; }

  private:
    void tell(Failure failure, Error error);

    Reactor& reactor_;
    const CommonOptions& options_;
    Tracer tracer_;
    Servers servers_;
    Output out_;
    int status_ = exit_ok;
};

// The verb's work. Not a coroutine itself, unless a plain function: what it captures lives in the
// caller.
using JobBody = std::function<Task<>(Job&)>;

// Returns the program's exit status.
int run_job(const CommonOptions& options, const JobBody& body);

// Arguments as targets. The complaint about the first that makes no sense is on standard error
// when nothing is returned. `remote`: local paths are refused.
enum class Accept : uint8_t { remote, any };
std::optional<std::vector<Target>> parse_targets(const std::vector<std::string>& arguments,
                                                 const CommonOptions& options, Accept accept);

}  // namespace strait::tool
