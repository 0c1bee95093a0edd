// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Copies files and trees between here and servers. A file appears under its name when it is whole:
// it is written under another name beside it, and renamed. Small new files are the exception: they
// go in one compound, all or nothing for all that a client can do. What fails is told, and the rest
// goes on.

#include <deque>
#include <vector>

#include "tool/data_ends.h"
#include "tool/job.h"
#include "tool/parallel.h"
#include "tool/progress.h"

namespace strait::tool {

struct CopyOptions {
    bool recursive = false;
    bool preserve = false;  // mode with all bits, owner, times
    bool verbose = false;
    bool progress = false;
};

class Copier {
  public:
    Copier(Job& job, const CopyOptions& options);

    // `to` is the copy's own place, not the directory it goes to. Queued until run().
    void add(Place from, Place to);
    // Does all that was added, and all below.
    Task<> run();
    // Whatever comes, until it ends; no temporary name for standard output and devices.
    Task<> copy_stream(DataSource& source, DataTarget& target);
    // Standard input to a file.
    Task<> copy_input(Place to);

  private:
    struct Work {
        Place from, to;
        std::optional<vfs::Attributes> known;  // of `from`
        bool fresh = false;                    // `to` cannot be there: we made its directory
    };
    struct Directory {
        Place to;
        vfs::SetAttributes attributes;
    };

    Task<> queue_all(Parallel& parallel);
    Task<> copy_or_tell(Work work);
    Task<> copy_one(Work& work);
    Task<> copy_directory(Work& work);
    Task<> copy_link(Work& work);
    Task<> copy_regular(Work& work);
    Task<bool> copy_small(const Work& work, uint32_t mode);
    Task<> copy_by_rename(const Place& from, const Place& to, const vfs::Attributes& known,
                          uint32_t mode);
    Task<> copy_data(DataSource& source, DataTarget& target, uint64_t size, bool sparse);
    Task<> copy_on_server(vfs::OpenFile& source, vfs::OpenFile& target, uint64_t size);
    Task<> keep_attributes(const Place& to, const vfs::Attributes& of);
    Task<> finish_directories();
    Task<> drop(const Place& temporary);
    void tell_done(const Work& work);

    Job& job_;
    const CopyOptions& options_;
    const uint32_t umask_;
    Progress progress_;
    std::vector<Work> queue_;
    size_t running_ = 0;
    Signal changed_;
    std::vector<Directory> directories_;
};

}  // namespace strait::tool
