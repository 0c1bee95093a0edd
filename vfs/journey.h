// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The way from an At to a node: where a program starts and what it walks, which symlinks have been
// followed, and where the path leads out of the mounts. The server does the walking; a symlink that
// it meets is read and followed here, in the local namespace.
//
//   Journey way(mounts, at, follow);
//   co_await way.begin();
//   for (;;) {
//       Compound program = way.program();           // root or put
//       way.walk_to_end(program);                   // or walk_to_directory, then way.name()
//       ... run it ...
//       bool again = co_await way.met_symlink(reply, walk_index);
//       if (!again) break;
//   }

#include "vfs/mount_table.h"

namespace strait::vfs {

class OpenNode;

class Journey {
  public:
    // What `at` views outlives the journey.
    Journey(const MountTable& mounts, const At& at, bool follow)
        : mounts_(mounts), at_(at), follow_(follow) {}
    // To open: where a file is to be made, a slash behind its name leads nowhere.
    Journey(const MountTable& mounts, const At& at, const OpenFlags& flags)
        : mounts_(mounts),
          at_(at),
          follow_(!flags.no_follow && !(flags.create && flags.exclusive)),
          creates_(flags.create) {}
    // The entry itself is meant: not even a slash behind it leads on.
    struct Entry {};
    Journey(const MountTable& mounts, const At& at, Entry)
        : mounts_(mounts), at_(at), follow_(false), entry_(true) {}

    // nametoolong, noent (an empty path), notdir, loop, xdev (leads out; At::leads_out says where).
    Task<> begin();

    Mount& mount() const { return *mount_; }
    bool follows() const {
        if (creates_ && slash_behind()) return false;
        return follow_ || (must_be_directory_ && !entry_);
    }
    bool follows_end() const { return follow_; }
    // The path ended in a slash or in "." or "..".
    bool must_be_directory() const { return must_be_directory_; }
    // The path ended in a slash behind a name.
    bool slash_behind() const { return must_be_directory_ && dots_.empty(); }
    // The end has no name to open or make it by: it is where the journey begins, or a "..".
    bool ends_nameless() const;
    // No ".." on the way, nor a file that may have lost its name: what is known of physical()
    // answers for it.
    bool plain() const { return plain_; }
    // It ends where it begins, at a directory that was removed here: the server knows it no more.
    bool ends_at_removed() const;
    // begin() gave noent for a name in such a directory, and no more.
    bool in_removed() const { return in_removed_; }
    // Where the journey begins; null: at the mount's root.
    const OpenNode* base() const { return base_; }
    // The absolute local path of the end.
    std::string local_path() const;
    // The path's last component was "." or "..": which, else empty.
    std::string_view dots() const { return dots_; }

    // --- parts of a program. Index of the first operation: 0; of the walk: 1.
    Compound program() const;
    void start(Compound& program) const;
    void walk_to_end(Compound& program) const { program.walk(path_); }
    // Refuses to act on a symlink at the end, when this journey follows it.
    void walk_to_target(Compound& program) const;
    void walk_to_directory(Compound& program) const { program.walk(directory()); }
    std::string_view directory() const;  // relative to the start
    std::string_view name() const;

    // Physical paths within the mount: true once the walk met no symlink.
    const std::string& physical() const { return physical_; }
    std::string_view physical_directory() const;

    // The end has this handle, by an answer that was asked for at `asked`: held, unless the journey
    // ends where it begins, for that may have lost its name.
    void learn_end(const Handle& handle, Hold::Tick asked) const;

    // After a run: true when a symlink stood in the way. It is followed now; build the program
    // again. `walk`: the index of the walk; failures elsewhere are looked into with met_at_entry().
    Task<bool> met_symlink(const Reply& reply, size_t walk);
    // An operation on an entry (name() in directory()) failed at `index` in a way that may come
    // from a symlink at the entry, or in the place of its directory.
    Task<bool> met_at_entry(const Reply& reply, size_t index);
    // The end is a symlink, and is followed; or the directory before it is.
    Task<> follow_end();
    Task<> follow_directory();

  private:
    Result<> settle();
    Result<> restart(std::string_view absolute);
    Result<> begin_at(const OpenNode& directory);
    // As on Linux nothing is in it but itself and the way up.
    Result<> begin_at_removed(const OpenNode& directory);
    Result<> leave_upwards(std::string_view rest);
    Result<> leads_out(std::string_view local_path);
    Result<> follow_to(std::string_view target, std::string_view before, std::string_view after);
    Task<> follow(size_t component);
    Task<> check_way_out();
    // The target of the symlink at `component`, or at one before it (then `component` says which).
    Task<std::string> read_link(size_t& component);
    std::string physical_of(std::string_view walked) const;
    bool enters_nested_mount();

    const MountTable& mounts_;
    const At& at_;
    const bool follow_;
    const bool creates_ = false;
    const bool entry_ = false;
    Mount* mount_ = nullptr;
    const OpenNode* base_ = nullptr;  // null: the mount's root
    std::string rest_;                // not looked at yet
    std::string path_;                // from the start: what is walked
    std::string physical_;
    std::string unchecked_out_;  // the local path that path_ leads out to, if it can be walked
    std::string beyond_;         // what of the path follows the ".." that leads out
    std::string_view dots_;
    bool in_removed_ = false;
    bool must_be_directory_ = false;
    bool plain_ = true;  // of path_
    int links_ = 0;
};

}  // namespace strait::vfs
