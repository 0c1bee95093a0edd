// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The cursor of one running compound: one member function an operation. Used by StepBackend only.
// Lives in run()'s frame; the program outlives it.

#include <optional>

#include "vfs/access.h"
#include "vfs/step_backend.h"

namespace strait::vfs {

class Cursor {
  public:
    Cursor(StepBackend& backend, const Compound& program)
        : backend_(backend),
          store_(backend.store_),
          who_(backend.options_.check_access ? program.credential.get() : nullptr) {}

    Task<OpResult> step(const Op& op);
    // What the operation that just failed still has to say.
    std::optional<OpResult> take_partial() { return std::exchange(partial_, std::nullopt); }

  private:
    // A node and, perhaps, an open of it.
    struct Place {
        NodeRef node;
        OpenRef open;
    };

    // step_cursor.cc
    Task<OpResult> run(const Root&);
    Task<OpResult> run(const Put& op);
    Task<OpResult> run(const Save&);
    Task<OpResult> run(const Restore&);
    Task<OpResult> run(const UseOpen& op);
    Task<OpResult> run(const Walk& op);
    Task<OpResult> run(const GetHandle&);
    Task<OpResult> run(const GetAttr& op);
    Task<OpResult> run(const SetAttr& op);
    Task<OpResult> run(const CheckAccess& op);
    // step_open.cc
    Task<OpResult> run(const Open& op);
    Task<OpResult> run(const Downgrade& op);
    Task<OpResult> run(const Close&);
    // step_data.cc
    Task<OpResult> run(const Read& op);
    Task<OpResult> run(const Write& op);
    Task<OpResult> run(const Commit& op);
    Task<OpResult> run(const Seek& op);
    Task<OpResult> run(const Allocate& op);
    Task<OpResult> run(const Deallocate& op);
    Task<OpResult> run(const Copy& op);
    Task<OpResult> run(const Clone& op);
    // step_names.cc
    Task<OpResult> run(const ReadDir& op);
    Task<OpResult> run(const ReadLink&);
    Task<OpResult> run(const Create& op);
    Task<OpResult> run(const Remove& op);
    Task<OpResult> run(const Rename& op);
    Task<OpResult> run(const Link& op);
    // step_locks.cc
    Task<OpResult> run(const Lock& op);
    Task<OpResult> run(const TestLock& op);
    Task<OpResult> run(const Unlock& op);
    // step_xattrs.cc
    Task<OpResult> run(const GetXattr& op);
    Task<OpResult> run(const SetXattr& op);
    Task<OpResult> run(const ListXattrs& op);
    Task<OpResult> run(const RemoveXattr& op);

    // The node of a place. Errc::inval: the program set none.
    static Result<Node*> node_of(const Place& place);
    // A directory: notdir, symlink. A regular file: isdir, symlink, badtype.
    static Result<Node*> directory_of(const Place& place);
    static Result<Node*> file_of(const Place& place);
    static Result<OpenRecord*> open_of(const Place& place);

    // Errc::access unless the caller has these rights on the node. Root is not asked.
    Task<> require_rights(Node& node, uint32_t rights);
    // May the caller read or write the data at `place`: by its open, else by its rights and nobody
    // denying it.
    Task<> allow_data(const Place& place, OpenAccess wanted);
    // May the caller take `name` out of `directory`? Nothing to decide when it is not there.
    Task<> allow_removal(Node& directory, std::string_view name);
    // After a write by somebody who is not root: setuid and setgid fall.
    Task<> drop_setid(Node& node);
    void go_to(NodeRef node) { current_ = Place{std::move(node), nullptr}; }
    Task<> walk_one(std::string_view component);

    // step_open.cc
    Task<Open::Result> find_or_make(const Open& op);
    Task<bool> open_existing_entry(const Open& op, Node& directory, Open::Result& result);
    Task<bool> make_entry(const Open& op, Node& directory, Open::Result& result);
    Task<> truncate_current();
    Task<> check_existing(const Open& op, Node& node);
    Task<OpenRef> take_open(const Open& op, Open::Result& result);
    // What a creation needs to know of the directory; newborn() keeps its address.
    Task<Attributes> born_in(Node& directory);
    Result<NewNode> newborn(const Attributes& directory, FileType type,
                            const SetAttributes& wanted);
    Task<> set_rest(Node& node, const SetAttributes& wanted);

    StepBackend& backend_;
    Store& store_;
    const Caller who_;
    Place current_, saved_;
    std::optional<OpResult> partial_;
};

}  // namespace strait::vfs
