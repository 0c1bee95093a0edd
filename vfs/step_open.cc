// SPDX-License-Identifier: LGPL-2.1-or-later
// Opens: find or make the file, decide, take the share, record it.
#include <thread>

#include "vfs/names.h"
#include "vfs/step_cursor.h"

namespace strait::vfs {

namespace {

// How often an unchecked create may meet a name that comes and goes between look-up and create.
constexpr int most_races = 64;

// Opens of "the caller itself" are nobody else's: an owner that no client can have.
Owner owner_of(const Open& op, uint64_t id) {
    return op.owner.client ? op.owner : Owner{0, id | uint64_t{1} << 63};
}

uint32_t rights_for(OpenAccess access) {
    auto bits = static_cast<uint8_t>(access);
    return (bits & 1 ? may_read : 0u) | (bits & 2 ? may_write : 0u);
}

bool truncates(const Open& op) {
    return op.create == Open::Create::unchecked && op.attributes.size == uint64_t{0};
}

}  // namespace

Task<OpResult> Cursor::run(const Open& op) {
    Open::Result result;
    if (op.name.empty()) {
        if (op.create != Open::Create::never) co_return Errc::inval;
        Node* node = co_await file_of(current_);
        co_await check_existing(op, *node);
    } else {
        result = co_await find_or_make(op);
    }
    OpenRef record = co_await take_open(op, result);
    current_.open = std::move(record);
    if (!result.created && truncates(op)) {
        Result<void> done = co_await truncate_current().result();
        if (!done && !result.merged) backend_.end_open(result.open);
        co_await done;
    }
    co_return result;
}

Task<> Cursor::truncate_current() {
    Attributes now = co_await store_.getattr(*current_.node, access_mask);
    SetAttributes empty;
    empty.size = 0;
    SetAttributes final = co_await permit_setattr(now, empty, who_, true);
    co_await store_.setattr(*current_.node, final);
}

// May the caller open this file, which was there before?
Task<> Cursor::check_existing(const Open& op, Node& node) {
    uint32_t rights = rights_for(op.access) | (truncates(op) ? may_write : 0u);
    co_await require_rights(node, rights);
}

// Makes the file of op.name current.
Task<Open::Result> Cursor::find_or_make(const Open& op) {
    co_await check_name(op.name);
    Node* found = co_await directory_of(current_);
    NodeRef directory(found);
    co_await require_rights(*directory, may_execute);
    Open::Result result;
    // What must be new is not looked for first: making it finds what is there.
    const bool may_be_there =
        op.create == Open::Create::never || op.create == Open::Create::unchecked;
    for (int attempt = 0; attempt < most_races; attempt++) {
        if (may_be_there) {
            bool opened = co_await open_existing_entry(op, *directory, result);
            if (opened) co_return result;
        }
        bool made = co_await make_entry(op, *directory, result);
        if (made) co_return result;
    }
    co_return Errc::delay;
}

// True: the entry is there, it may be opened, and is current. False: it has to be made.
Task<bool> Cursor::open_existing_entry(const Open& op, Node& directory, Open::Result& result) {
    Result<NodeRef> found = co_await store_.lookup(directory, op.name).result();
    bool missing = !found && found.error() == Errc::noent;
    if (missing && op.create != Open::Create::never) co_return false;
    NodeRef node = co_await std::move(found);
    Place place{node, nullptr};
    co_await file_of(place);
    co_await check_existing(op, *node);
    if (op.create != Open::Create::never) {
        Attributes attributes = co_await store_.getattr(directory, Attr::change);
        result.directory = {false, attributes.change, attributes.change};
    }
    current_ = std::move(place);
    co_return true;
}

// True: made (or made before by the same exclusive create), and current. False: somebody else was
// quicker with an entry that will do as well.
Task<bool> Cursor::make_entry(const Open& op, Node& directory, Open::Result& result) {
    Attributes parent = co_await born_in(directory);
    Result<void> may = require(parent, who_, may_write);
    if (!may) {
        // That it is there already is said before that it may not be made, as open(2) does.
        Result<NodeRef> there = co_await store_.lookup(directory, op.name).result();
        if (!there) co_return may.error();
        if (op.create == Open::Create::unchecked) co_return false;
        co_return Errc::exist;
    }
    NewNode what = co_await newborn(parent, FileType::regular, op.attributes);
    what.exclusive = op.create == Open::Create::exclusive;
    what.verifier = op.verifier;
    Result<Made> made = co_await store_.create(directory, op.name, what).result();
    bool raced = !made && made.error() == Errc::exist;
    if (raced && op.create == Open::Create::unchecked) co_return false;
    Made done = co_await std::move(made);
    current_ = Place{done.node, nullptr};
    result.created = done.created;
    result.directory = done.directory;
    if (done.created) co_await set_rest(*done.node, op.attributes);
    co_return true;
}

Task<Attributes> Cursor::born_in(Node& directory) {
    co_return co_await store_.getattr(directory, access_mask | Attr::change);
}

Result<NewNode> Cursor::newborn(const Attributes& directory, FileType type,
                                const SetAttributes& wanted) {
    auto birth = birth_of(directory, type, wanted, who_);
    if (!birth) return fail(birth.error());
    NewNode what;
    what.type = type;
    what.mode = birth->mode;
    what.uid = birth->uid;
    what.gid = birth->gid;
    what.directory = &directory;
    return what;
}

// What a creation was asked to set beside owner and mode.
Task<> Cursor::set_rest(Node& node, const SetAttributes& wanted) {
    SetAttributes rest;
    if (node.type() == FileType::regular && wanted.size != uint64_t{0}) rest.size = wanted.size;
    rest.atime = wanted.atime;
    rest.mtime = wanted.mtime;
    if (!rest.empty()) co_await store_.setattr(node, rest);
}

// Takes the share for the current node and records the open.
Task<OpenRef> Cursor::take_open(const Open& op, Open::Result& result) {
    NodeRef node = current_.node;
    uint64_t id = backend_.opens_.next_id();
    Owner owner = owner_of(op, id);
    OpenRef record;
    LeaseTable::Shared shared;
    // Between the row of another open of this owner and its record is a moment (it is just being
    // made, or just ended): look again.
    for (bool again = false; !record; again = true) {
        if (again) std::this_thread::yield();
        shared = co_await backend_.leases_.share(*node, owner, share_mode(op.access, op.deny), id);
        if (shared.merged) {
            record = backend_.opens_.find(OpenId{shared.open});
        } else {
            record = make_ref<OpenRecord>(id, node, owner, op.access);
            backend_.opens_.insert(record);
        }
    }
    record->set_access(static_cast<OpenAccess>(shared.mode.use));
    result.open = OpenId{record->id};
    result.merged = shared.merged;
    if (shared.gained != OpenAccess::none) {
        Result<void> opened = co_await store_.opened(*node, shared.gained).result();
        if (!opened) {
            if (!shared.merged) backend_.end_open(result.open);
            co_return opened.error();
        }
    }
    co_return record;
}

Task<OpResult> Cursor::run(const Downgrade& op) {
    OpenRecord* record = co_await open_of(current_);
    co_await backend_.leases_.narrow(*record->node, record->id, share_mode(op.access, op.deny));
    record->set_access(op.access);
    co_return Done{};
}

Task<OpResult> Cursor::run(const Close&) {
    OpenRecord* record = co_await open_of(current_);
    bool ended = backend_.end_open(OpenId{record->id});
    current_.open = nullptr;
    if (!ended) co_return Errc::bad_stateid;
    co_return Done{};
}

}  // namespace strait::vfs
