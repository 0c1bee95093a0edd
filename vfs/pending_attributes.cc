// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/pending_attributes.h"

namespace strait::vfs {

namespace {

constexpr uint32_t set_id_bits = 06000;

SetAttributes both(SetAttributes first, const SetAttributes& then) {
    if (then.mode) first.mode = then.mode;
    if (then.uid) first.uid = then.uid;
    if (then.gid) first.gid = then.gid;
    if (then.size) first.size = then.size;
    if (then.atime) first.atime = then.atime;
    if (then.mtime) first.mtime = then.mtime;
    return first;
}

bool order_matters(const SetAttributes& one, const SetAttributes& other) {
    bool owner = one.uid || one.gid || other.uid || other.gid;
    bool bits =
        (one.mode && (*one.mode & set_id_bits)) || (other.mode && (*other.mode & set_id_bits));
    return owner && bits;
}

}  // namespace

void PendingAttributes::add(const PendingAttributes& later) {
    steps_.insert(steps_.end(), later.steps_.begin(), later.steps_.end());
}

void PendingAttributes::overlay(Attributes& attributes) const {
    for (const SetAttributes& step : steps_) {
        if (step.mode) attributes.mode = *step.mode;
        if (step.uid) attributes.uid = *step.uid;
        if (step.gid) attributes.gid = *step.gid;
        if (step.atime && !step.atime->server_clock) attributes.atime = step.atime->value;
        if (step.mtime && !step.mtime->server_clock) attributes.mtime = step.mtime->value;
    }
}

std::vector<SetAttributes> PendingAttributes::merged() const {
    std::vector<SetAttributes> made;
    for (const SetAttributes& step : steps_) {
        if (made.empty() || order_matters(made.back(), step)) {
            made.push_back(step);
        } else {
            made.back() = both(made.back(), step);
        }
    }
    return made;
}

}  // namespace strait::vfs
