// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Between vfs attributes and fattr4: what we support, what a request needs from the backend, and
// the values on the wire.

#include <array>
#include <string>

#include "server/nfs4/call.h"
#include "server/nfs4/sealed_handle.h"
#include "vfs/attributes.h"
#include "wire/nfs4/attributes.h"

namespace strait::server::nfs4 {

// Attributes that GETATTR answers, by minor version; and those that SETATTR, CREATE and OPEN take.
bitmap4 readable_attributes(uint32_t minor);
bitmap4 settable_attributes(uint32_t minor);
// What the backend must be asked for to answer `wanted`.
vfs::AttrMask needed_attributes(const bitmap4& wanted);
// The most bytes that fattr4 takes with these attributes.
size_t attributes_bound(const bitmap4& wanted);

// One object's attributes on their way to the wire. Holds what the views in `values` point to, so
// it lives until they are written; it can be filled again.
class WireAttributes {
  public:
    // `where`: the export it lies in; null: the pseudo file system. What the backend did not answer
    // is left out, as RFC 8881 section 5.6 has it.
    void fill(Call& call, const Export* where, const vfs::Attributes& from, const bitmap4& wanted);
    // Only why the attributes of a directory entry are missing.
    void fill_error(nfsstat4 status, const bitmap4& wanted);
    fattr4 wire() const { return fattr4::of(values_); }
    const Attributes4& values() const { return values_; }

  private:
    void fill_object(const Export* where, const vfs::Attributes& from);
    void fill_system(Call& call, const Export* where, const vfs::Attributes& from);
    void fill_constants(Call& call);
    bool fill_handle(Call& call, const Export* where, const vfs::Attributes& from);

    Attributes4 values_;
    vfs::Handle handle_;
    std::array<char, 12> owner_, group_;
};

// What SETATTR, CREATE and OPEN ask to set. ATTRNOTSUPP, INVAL (read-only ones, bad values),
// BADXDR, BADOWNER. `set`: the mask to answer with.
struct DecodedAttributes {
    vfs::SetAttributes set;
    bitmap4 mask;
};
std::expected<DecodedAttributes, nfsstat4> decode_settable(const fattr4& from, uint32_t minor,
                                                           bool creating);

// "1000", or "1000@domain".
std::optional<uint32_t> parse_owner(std::string_view text);

nfs_ftype4 wire_type(vfs::FileType type);
inline change_info4 wire_change(const vfs::ChangeInfo& change) {
    return {change.atomic, change.before, change.after};
}
verifier4 wire_verifier(uint64_t value);
uint64_t verifier_value(const verifier4& verifier);

}  // namespace strait::server::nfs4
