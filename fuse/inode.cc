// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fuse/inode.h"

#include <algorithm>

#include "fuse/lock_table.h"

namespace strait::fuse {

Inode::Inode(const vfs::Handle& handle, vfs::FileType type) : handle_(handle), type_(type) {}
Inode::~Inode() = default;

InodeTable::InodeTable(const vfs::Handle& root)
    : root_(make_ref<Inode>(root, vfs::FileType::directory)) {
    rows_.insert(root_.get());
}

InodeTable::~InodeTable() {
    for (Inode* row : rows_)
        if (row != root_.get()) row->drop_ref();
}

// The kernel sends only numbers that it was given and has not forgotten.
InodeRef InodeTable::get(fuse_ino_t number) const {
    if (number == FUSE_ROOT_ID) return root_;
    return InodeRef(reinterpret_cast<Inode*>(number));  // NOLINT: made by number()
}

fuse_ino_t InodeTable::number(const Inode& inode) const {
    if (&inode == root_.get()) return FUSE_ROOT_ID;
    return reinterpret_cast<fuse_ino_t>(&inode);
}

InodeRef InodeTable::find(const vfs::Handle& handle) const {
    auto at = rows_.find(handle);
    return at == rows_.end() ? InodeRef() : InodeRef(*at);
}

InodeRef InodeTable::looked_up(const vfs::Handle& handle, vfs::FileType type) {
    InodeRef row = find(handle);
    if (!row) {
        row = make_ref<Inode>(handle, type);
        row->add_ref();  // the table's own
        rows_.insert(row.get());
    }
    row->lookups_++;
    return row;
}

void InodeTable::forget(fuse_ino_t number, uint64_t lookups) {
    InodeRef row = get(number);
    if (row == root_) return;
    row->lookups_ -= std::min(lookups, row->lookups_);
    if (row->lookups_ > 0) return;
    for (uint64_t each : row->names_) names_.erase(each);
    rows_.erase(row.get());
    row->drop_ref();
}

uint64_t InodeTable::key(const Inode& directory, std::string_view name) {
    uint64_t mixed = reinterpret_cast<uintptr_t>(&directory) * 0x9e3779b97f4a7c15;
    return mixed ^ std::hash<std::string_view>()(name);
}

void InodeTable::named(const Inode& directory, std::string_view name, Inode& inode) {
    if (inode.lookups_ == 0) return;  // forgotten meanwhile
    uint64_t made = key(directory, name);
    Inode*& row = names_[made];
    if (row == &inode) return;
    if (row) drop_key(*row, made);
    row = &inode;
    inode.names_.push_back(made);
}

void InodeTable::drop_key(Inode& inode, uint64_t key) {
    for (size_t i = 0; i < inode.names_.size(); i++) {
        if (inode.names_[i] != key) continue;
        inode.names_[i] = inode.names_.back();
        inode.names_.pop_back();
        return;
    }
}

void InodeTable::unnamed(const Inode& directory, std::string_view name) {
    auto at = names_.find(key(directory, name));
    if (at == names_.end()) return;
    drop_key(*at->second, at->first);
    names_.erase(at);
}

InodeRef InodeTable::at(const Inode& directory, std::string_view name) const {
    auto at = names_.find(key(directory, name));
    return at == names_.end() ? InodeRef() : InodeRef(at->second);
}

}  // namespace strait::fuse
