// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// A tree of synthetic directories with mount points at some of them: the pseudo root of a server's
// exports, the mount table of a client. Pure data: whoever uses it says what the numbers of mounts
// mean. A mount below a mount shadows what the outer one has there.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace strait::vfs {

class Namespace {
  public:
    // A synthetic directory; the root has no name and is its own parent.
    struct Place {
        std::string name;
        uint64_t fileid = 0;  // of its path alone: the same in every run and whatever else is there
        const Place* parent = nullptr;
        std::optional<uint32_t> mount;  // what is mounted here
        std::map<std::string, std::unique_ptr<Place>, std::less<>> children;
    };
    // Where a path leads: the last mount point on the way and the path from there.
    struct Resolved {
        uint32_t mount = 0;
        const Place* place = nullptr;
        std::string_view rest;  // of the path given; no leading slash
    };

    Namespace();

    // Mounts number `mount` at `path`; what is missing on the way is made. Doubled, leading and
    // trailing slashes and "." say nothing. Errc::inval: ".." or NUL in it, nametoolong; exist:
    // something is mounted just there.
    Result<void> add(std::string_view path, uint32_t mount);

    const Place& root() const noexcept { return *root_; }
    // The directory of that path; null when there is none.
    const Place* find(std::string_view path) const;
    // The directory with that file id; null when there is none.
    const Place* find(uint64_t fileid) const;
    // Goes as deep as there are mounts. Errc::noent when none is on the way; inval for "..": who
    // meets it walks himself.
    Result<Resolved> resolve(std::string_view path) const;

  private:
    Place& child(Place& parent, std::string_view name, std::string_view path);

    std::unique_ptr<Place> root_;
    std::map<uint64_t, const Place*> by_fileid_;
};

}  // namespace strait::vfs
