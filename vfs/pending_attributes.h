// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Changes of one file's attributes that wait to travel with its data or its CLOSE, in the order in
// which they were asked for.

#include <vector>

#include "vfs/compound.h"

namespace strait::vfs {

class PendingAttributes {
  public:
    void add(const SetAttributes& change) { steps_.push_back(change); }
    // What waits in `later` comes behind what waits here.
    void add(const PendingAttributes& later);
    bool empty() const { return steps_.empty(); }
    void clear() { steps_.clear(); }

    // Each by itself, as it was asked for.
    const std::vector<SetAttributes>& steps() const { return steps_; }
    // As they will be.
    void overlay(Attributes& attributes) const;
    // In as few changes as have the same effect. Set-id bits and owners stay apart: a change of the
    // owner clears the bits, and servers differ in what comes first within one SETATTR.
    std::vector<SetAttributes> merged() const;

  private:
    std::vector<SetAttributes> steps_;
};

}  // namespace strait::vfs
