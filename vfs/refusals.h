// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What the file systems behind a mount have said they can or cannot do, so that it is not asked of
// them for each file again. One mount may show several (an export within another): an answer counts
// for its own file system only.

#include <set>
#include <utility>

#include "vfs/attributes.h"

namespace strait::vfs {

class Refusals {
  public:
    enum class Feature : uint8_t { xattrs, copy, clone };

    // `of`: attributes of the node that is asked; null or without a file system: not known.
    bool refused(Feature feature, const Attributes* of) const {
        return of && of->has(Attr::fsid) && refused_.contains(key(feature, *of));
    }
    void note(Feature feature, const Attributes* of) {
        if (of && of->has(Attr::fsid)) refused_.insert(key(feature, *of));
    }

    // It was asked for, and done.
    bool proven(Feature feature, const Attributes* of) const {
        return of && of->has(Attr::fsid) && proven_.contains(key(feature, *of));
    }
    void note_proof(Feature feature, const Attributes* of) {
        if (of && of->has(Attr::fsid)) proven_.insert(key(feature, *of));
    }

  private:
    using Key = std::pair<Feature, std::pair<uint64_t, uint64_t>>;
    static Key key(Feature feature, const Attributes& of) {
        return {feature, {of.fsid.major, of.fsid.minor}};
    }
    std::set<Key> refused_, proven_;
};

}  // namespace strait::vfs
