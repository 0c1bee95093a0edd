// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Attributes across the border: vfs's masks and values to and from NFSv4's bitmaps and fattr4.

#include <cstring>

#include "client/nfs4/id_map.h"
#include "vfs/attributes.h"
#include "wire/nfs4/attributes.h"

namespace strait::client::nfs4 {

// What to ask for.
wire::nfs4::bitmap4 to_bitmap(vfs::AttrMask mask);

// What came: fills `out` and out.valid. `error` becomes the rdattr_error of a directory entry, if
// one came. Errc::protocol: the values do not match their mask. Names of owners that `ids` does not
// know yet are left out of out.valid and noted in `ids`.
Result<> read_attributes(const wire::nfs4::fattr4& from, IdMap& ids, vfs::Attributes& out,
                         wire::nfs4::nfsstat4& error);

// What to set. Owns the text of numeric owners, so it lives until the message is written.
class SettableAttributes {
  public:
    explicit SettableAttributes(const vfs::SetAttributes& from, bool with_times = true);
    SettableAttributes(const SettableAttributes&) = delete;
    SettableAttributes& operator=(const SettableAttributes&) = delete;
    wire::nfs4::fattr4 fattr() const { return wire::nfs4::fattr4::of(values_); }

  private:
    wire::nfs4::Attributes4 values_;
    std::array<char, 12> owner_;
    std::array<char, 12> group_;
};

// A small value of its own: the record it came in may be much larger.
inline Buffer own_copy(Bytes bytes) {
    Buffer copy = Buffer::allocate(bytes.size());
    if (!bytes.empty()) std::memcpy(copy.data(), bytes.data(), bytes.size());
    return copy;
}

vfs::FileType to_file_type(uint32_t type);
wire::nfs4::nfs_ftype4 to_ftype(vfs::FileType type);

inline vfs::ChangeInfo to_change(const wire::nfs4::change_info4& info) {
    return {info.atomic, info.before, info.after};
}

}  // namespace strait::client::nfs4
