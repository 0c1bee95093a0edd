// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/interval_tree.h"

#include <algorithm>
#include <tuple>

#include "vfs/lease.h"

namespace strait::vfs {

struct IntervalTree::Item {
    Interval interval;
    uint64_t priority;
    uint64_t reach;        // the largest `last` in this subtree
    uint64_t write_reach;  // the same of write locks; 0 when none
    Link left, right;

    void update() {
        reach = interval.last;
        write_reach = interval.kind == LockKind::write ? interval.last : 0;
        for (const Link* child : {&left, &right}) {
            if (!*child) continue;
            reach = std::max(reach, (*child)->reach);
            write_reach = std::max(write_reach, (*child)->write_reach);
        }
    }

    using Key = std::tuple<uint64_t, uint64_t, uint64_t>;
    static Key key_of(uint64_t first, const Owner& owner) {
        return {first, owner.client, owner.id};
    }
    Key key() const { return key_of(interval.first, interval.owner); }

    // Splits into keys below `key` and the others.
    static std::pair<Link, Link> split(Link tree, const Key& key) {
        if (!tree) return {};
        if (tree->key() < key) {
            auto [low, high] = split(std::move(tree->right), key);
            tree->right = std::move(low);
            tree->update();
            return {std::move(tree), std::move(high)};
        }
        auto [low, high] = split(std::move(tree->left), key);
        tree->left = std::move(high);
        tree->update();
        return {std::move(low), std::move(tree)};
    }

    static Link join(Link low, Link high) {
        if (!low) return high;
        if (!high) return low;
        Link& top = low->priority > high->priority ? low : high;
        if (&top == &low)
            low->right = join(std::move(low->right), std::move(high));
        else
            high->left = join(std::move(low), std::move(high->left));
        top->update();
        return std::move(top);
    }

    static Link without(Link tree, const Key& key) {
        if (!tree) return tree;
        if (tree->key() == key) return join(std::move(tree->left), std::move(tree->right));
        Link& side = key < tree->key() ? tree->left : tree->right;
        side = without(std::move(side), key);
        tree->update();
        return tree;
    }

    static Lease lease_of(const Interval& interval) {
        return {.scope = LeaseScope::range,
                .kind = LeaseKind::lock,
                .mode = lock_mode(interval.kind),
                .first = interval.first,
                .last = interval.last,
                .owner = interval.owner};
    }

    static const Interval* conflict(const Item* at, const Interval& wanted) {
        while (at) {
            // Only a write lock stands in a reader's way; a subtree without one holds none, or one
            // that begins and ends at 0, which the reach of 0 still finds.
            uint64_t reach = wanted.kind == LockKind::read ? at->write_reach : at->reach;
            if (reach < wanted.first) return nullptr;
            if (auto* found = conflict(at->left.get(), wanted)) return found;
            if (at->interval.first > wanted.last) return nullptr;
            if (conflict_of(lease_of(at->interval), lease_of(wanted)) != Conflict::none)
                return &at->interval;
            at = at->right.get();
        }
        return nullptr;
    }
};

IntervalTree::IntervalTree() = default;
IntervalTree::~IntervalTree() = default;
IntervalTree::IntervalTree(IntervalTree&&) noexcept = default;
IntervalTree& IntervalTree::operator=(IntervalTree&&) noexcept = default;

void IntervalTree::insert(const Interval& interval) {
    random_ ^= random_ << 13;
    random_ ^= random_ >> 7;
    random_ ^= random_ << 17;
    auto item = std::make_unique<Item>(interval, random_);
    item->update();
    auto [low, high] = Item::split(std::move(top_), item->key());
    top_ = Item::join(Item::join(std::move(low), std::move(item)), std::move(high));
}

void IntervalTree::erase(uint64_t first, const Owner& owner) {
    top_ = Item::without(std::move(top_), Item::key_of(first, owner));
}

const Interval* IntervalTree::find_conflict(const Interval& wanted) const {
    return Item::conflict(top_.get(), wanted);
}

}  // namespace strait::vfs
