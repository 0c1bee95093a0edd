// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What one mount is believed to know about names and attributes, for the short times that nfs(5)
// gives: acregmin..acregmax for files, acdirmin..acdirmax for directories. Bounded. Our own changes
// apply at once: an answer that was asked for before a change of ours had ended is not taken in.
// Paths are physical (no symlink, no "..") and relative to the mount's root.

#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/time.h"
#include "vfs/attributes.h"

namespace strait::vfs {

struct DirEntry;

struct HoldTimes {
    Duration file_min, file_max, directory_min, directory_max;
    Duration names;    // that are there
    Duration missing;  // that are not
};

class Hold {
  public:
    explicit Hold(HoldTimes times) : times_(times) {}

    // Taken before a question is sent, given with its answer.
    using Tick = uint64_t;
    Tick now() const { return tick_; }
    // Grows whenever something is not as it was believed: by our own changes, or found so.
    uint64_t news() const { return tick_ + found_; }
    void found_changed() { found_++; }

    // --- answers, to questions for all of stat_mask at least
    // False: outdated by a change of ours, not taken in.
    bool learn(const Handle& handle, const Attributes& attributes, Tick asked);
    void learn_name(std::string_view path, const Handle& handle, Tick asked);
    void learn_link(std::string_view path, std::string_view target, Tick asked);
    // Both, of those entries of the directory at `path` that came with all that takes.
    // False: not all of them are held now.
    bool learn_entries(std::string_view path, std::span<const DirEntry> entries, Tick asked);
    // Nothing has this name.
    void learn_missing(std::string_view path, Tick asked);
    // Something that is not known has this name, whatever was believed.
    void learn_there(std::string_view path);
    // All entries of the directory, which is at `change` (0: who knows), have been learned by
    // answers of which the first was asked for at `asked`, at the time `since`: what is not among
    // them is missing.
    void learn_whole(std::string_view path, uint64_t change, Tick asked, MonoTime since);

    // The node has no extended attributes, as of `change`.
    void learn_no_xattrs(const Handle& handle, uint64_t change);

    // --- our own changes, when they have ended
    void changed(const Handle& handle);
    // `attributes` came with the change, from after it.
    void changed_to(const Handle& handle, const Attributes& attributes);
    // `handle`: empty when it is not known what has the name now. `of`: the directory's change
    // counter around it, by which we may tell that nobody else has changed the directory.
    void entry_made(std::string_view path, const Handle& handle, const ChangeInfo& of = {});
    // entry_made() of a directory, which is empty.
    void directory_made(std::string_view path, uint64_t change);
    // `with_children`: it may have been a directory.
    void entry_gone(std::string_view path, bool with_children);
    void directory_changed(std::string_view path);  // its own times and size
    // The names in it, and further down; answers that are on their way are not taken in.
    void forget_below(std::string_view path);
    void forget_all();
    size_t size() const { return known_.size() + names_; }
    // How often names had to go for want of room.
    uint64_t evictions() const { return evictions_; }

    // --- questions: null when it must be asked. Of stat_mask, what the server does not have is not
    // among the answer's valid ones.
    const Attributes* attributes(const Handle& handle, AttrMask mask) const;
    const Handle* handle_at(std::string_view path) const;
    // It has none, as far as its change counter tells.
    bool no_xattrs(const Handle& handle) const;
    const Attributes* attributes_at(std::string_view path, AttrMask mask) const;
    // Whether a change of ours to this directory's entries has ended since.
    bool changed_since(std::string_view directory, Tick asked) const;
    // Whether a change of ours to the node itself has ended since.
    bool changed_since(const Handle& handle, Tick asked) const;
    const std::string* link_at(std::string_view path) const;
    bool missing_at(std::string_view path) const;
    // For how long attributes() would still answer; zero: not at all.
    Duration remaining(const Handle& handle) const;
    // What was known last, however old: a hint, never an answer.
    const Attributes* last_known(const Handle& handle) const;
    const Handle* last_handle_at(std::string_view path) const;

  private:
    struct Known {
        Attributes attributes;
        MonoTime until{};
        Duration span{};
        Tick changed = 0;  // no answer asked for before is taken
        bool valid = false;
        std::optional<uint64_t> no_xattrs;  // the change counter that had none
    };
    struct Name {
        Handle handle;
        MonoTime until{};
    };
    struct Link {
        std::string target;
        MonoTime until{};
    };
    struct Text {
        using is_transparent = void;
        size_t operator()(std::string_view text) const {
            return std::hash<std::string_view>()(text);
        }
    };
    template <class V>
    using ByText = std::unordered_map<std::string, V, Text, std::equal_to<>>;
    struct Directory {
        ByText<Name> names;
        ByText<Link> links;
        ByText<MonoTime> missing;  // until when it is believed
        MonoTime whole_until{};    // names has all of them
        uint64_t change = 0;       // the counter at which it is whole
        Tick changed = 0;
    };

    Known& known(const Handle& handle);
    void take(Known& row, const Attributes& attributes, MonoTime now);
    Directory& directory(std::string_view path);
    void erase_missing(Directory& directory, const std::string& name);
    const Directory* find_directory(std::string_view path) const;
    void make_room();
    void forget_rows(Directory& directory);

    const HoldTimes times_;
    Tick tick_ = 1;
    uint64_t found_ = 0;  // changes that are not in tick_
    Tick floor_ = 0;      // rows that remembered an older change may be gone
    std::unordered_map<Handle, Known, HandleHash> known_;
    std::deque<Handle> known_order_;
    ByText<Directory> directories_;
    std::deque<std::string> directory_order_;
    size_t names_ = 0;
    bool had_links_ = false;  // since it began
    uint64_t evictions_ = 0;
};

}  // namespace strait::vfs
