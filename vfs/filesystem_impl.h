// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The inside of FileSystem: each public call is one file-local story over Journey and Mount, and
// tells the hold what it changed.

#include "vfs/access.h"
#include "vfs/file_state.h"
#include "vfs/filesystem.h"
#include "vfs/journey.h"
#include "vfs/open_directory.h"

namespace strait::vfs {

struct FileSystem::Impl {
    explicit Impl(FileSystemOptions chosen) : options(std::move(chosen)) {}

    const FileSystemOptions options;
    MountTable mounts;

    // --- open (filesystem_open.cc). An open that must begin again behind a symlink gives null.
    Task<OpenFileRef> open(At at, OpenFlags flags, uint64_t head_bytes);
    // Without close-to-open: an open of what is believed to be as it was read before.
    OpenFileRef open_known(Journey& way, const At& at, const OpenFlags& flags);
    Task<OpenFileRef> open_path(Journey& way, const At& at, OpenFlags flags);
    // An open that goes on with the listing which the one before it left.
    OpenFileRef open_left(Journey& way, const At& at, const OpenFlags& flags);
    // A directory that was removed here, from an open of it.
    Result<OpenFileRef> open_removed(Journey& way, const At& at, const OpenFlags& flags);
    // A file that is to be made has a slash behind its name: isdir, whatever is there.
    Task<> refuse_slash(Journey& way);
    Task<OpenFileRef> open_directory(Journey& way, const At& at, OpenFlags flags, bool& regular);
    Task<OpenFileRef> open_file(Journey& way, const At& at, OpenFlags flags, uint32_t head_bytes,
                                bool& directory);

    // --- attributes (filesystem_attributes.cc)
    // Of the object at the end of the way, symlinks followed where the way does.
    Task<Attributes> look(Journey& way, AttrMask mask);
    // What the server says of it; and, where programs go from name to name, of its neighbours.
    // None: a symlink on the way was followed, ask again.
    Task<bool> ask(Journey& way, AttrMask mask, Handle& handle, Attributes& found);
    Task<bool> ask_with_listing(Journey& way, StatHabit::From from, AttrMask mask, Handle& handle,
                                Attributes& found);
    // Runs `op` on the object at the end and gives its result, in one compound where it can.
    template <class T>
    Task<typename T::Result> ask_object(At at, T op);
    template <class T>
    Task<> change_object(At at, T op);

    // --- names (filesystem_names.cc)
    // The directory that the end's name is looked up in is there, is one, and gives these rights
    // (access.h). They are read from its mode: to tell which error comes first, no more; what may
    // be done the server decides.
    Task<> check_directory(Journey& way, uint32_t rights = may_execute);
    // Something has the name at the end, be it a symlink that leads nowhere.
    Task<> exists(Journey& way);
    // Leaves with `error`, or with what comes before a name that is too long.
    Task<> error_at(Journey& way, Error error);
    // Begins both; the errors of the first way (of its whole, or of its directory) come before
    // those of the second.
    Task<> begin_both(Journey& source, Journey& target, bool whole_source);
    // When the path ends in dots, what is before them is there, and is a directory.
    Task<> check_dots(const Journey& way, const At& at);
    // What is before the end is there, and is a directory.
    Task<> check_parent(Journey& way, const At& at);
    // Dots have a name already, and what is no directory gets no slash behind its own: exist, or
    // what the way to it has wrong.
    Task<> check_new_name(Journey& way, const At& at, FileType type);
    Task<> make(At at, Create what);
    Task<> write_file(At at, const BufferChain& data, OpenFlags& flags, bool& done);
};

// Sends what waits to be written to the file that this path was last known to name.
Task<> write_back(Mount& mount, std::string_view physical);
// The same for attributes, before the server is asked for rights that may hang on them; of all
// files when it is not known which one the path names.
Task<> settle_attributes(Mount& mount, std::string_view physical);
// `error` is what the server said of the journey's last name itself: when that is noent, it is
// held.
void learn_missing(Journey& way, Error error, Hold::Tick asked);
bool known_missing(Journey& way);
// What was to be made there was refused: exist tells that something has the name.
void learn_there(Journey& way, Error error);
// Takes in that a list of extended attributes that came with `attributes` was empty.
void learn_xattrs(Mount& mount, const Handle& handle, const Attributes& attributes, Reply& reply);
// A file that is read here and about to lose its name must be open at the server.
Task<> pin_before_removal(Mount& mount, std::string_view physical);
// How the open itself goes, from what open(2) was asked.
Open open_operation(Mount& mount, const OpenFlags& flags, std::string_view name);

}  // namespace strait::vfs
