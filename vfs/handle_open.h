// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Opens by handle instead of by path, one compound each: for callers that keep the names
// themselves, as a kernel does. No symlink is followed here.

#include <string_view>

#include "vfs/open_regular.h"

namespace strait::vfs {

struct OpenedFile {
    Ref<OpenRegular> file;
    Attributes attributes;
    bool created = false;
};

// Of the regular file `handle`; flags.create means nothing. A small file that is opened for reading
// comes with its open and is closed at the server at once (open_regular.h), unless the caller has
// its data. Errors: isdir, symlink, access, stale ...
enum class Head : bool { unwanted, wanted };
Task<OpenedFile> open_handle(Mount& mount, Handle handle, OpenFlags flags, CredentialRef as,
                             Head head);

// Creates (flags.exclusive), or creates or opens, `name` in `directory`, whose attributes are taken
// into the hold. `name` outlives the task.
Task<OpenedFile> create_in(Mount& mount, Handle directory, std::string_view name, OpenFlags flags,
                           CredentialRef as);

}  // namespace strait::vfs
