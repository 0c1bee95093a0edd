// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The newest listing that came whole with an open, and whose end nobody has read: a program looked
// whether anything is there, and is about to list it all (rm -r). The next open of the directory
// goes on with it, once, unless something has changed here or a second has gone by.

#include "vfs/compound.h"
#include "vfs/hold.h"

namespace strait::vfs {

// A part of a directory's listing, as the server gave it.
struct ListingPart final : RefCounted, ReadDir::Result {
    ListingPart(ReadDir::Result part, Hold::Tick when)
        : ReadDir::Result(std::move(part)), asked(when) {}
    const Hold::Tick asked;
    const MonoTime since = MonoClock::now();
    bool end_told = false;  // to a program
};

class LeftListing {
  public:
    void came(const Handle& directory, Ref<ListingPart> whole) {
        directory_ = directory;
        whole_ = std::move(whole);
    }
    // The listing, if it is as good as one asked for `now`. It is nobody else's then.
    Ref<ListingPart> take(const Handle& directory, Hold::Tick now) {
        Ref<ListingPart> found = std::exchange(whole_, {});
        const bool good = found && directory_ == directory && !found->end_told &&
                          found->asked == now && MonoClock::now() - found->since <= believed_for;
        return good ? found : Ref<ListingPart>();
    }

  private:
    static constexpr Duration believed_for = 1s;
    Handle directory_;
    Ref<ListingPart> whole_;
};

}  // namespace strait::vfs
