// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// How each result is read, and what it changes: one function for each kind of step.

#include "client/nfs4/batch.h"
#include "client/nfs4/mount.h"
#include "wire/nfs4/op.h"

namespace strait::client::nfs4 {

struct Takes {
    using Status = Result<wire::nfs4::nfsstat4>;
    using Results = wire::nfs4::CompoundResults;

    // Operations of which only the status counts.
    template <class Res>
    static Status status(Batch&, const Step&, Results& in) {
        Res result;
        return in.next(result);
    }

    // lower_cursor.cc
    static Status cut_handle(Batch&, const Step&, Results&);
    static Status root_handle(Batch&, const Step&, Results&);
    static Status limits(Batch&, const Step&, Results&);
    static Status lookup(Batch&, const Step&, Results&);
    static Status lookup_parent(Batch&, const Step&, Results&);
    static Status get_handle(Batch&, const Step&, Results&);
    static Status get_attributes(Batch&, const Step&, Results&);
    static Status access(Batch&, const Step&, Results&);
    // lower_names.cc
    static Status read_directory(Batch&, const Step&, Results&);
    static Status read_link(Batch&, const Step&, Results&);
    static Status create(Batch&, const Step&, Results&);
    static Status remove(Batch&, const Step&, Results&);
    static Status rename(Batch&, const Step&, Results&);
    static Status link(Batch&, const Step&, Results&);
    // lower_state.cc
    static Status open(Batch&, const Step&, Results&);
    static Status opened_handle(Batch&, const Step&, Results&);
    static Status downgrade(Batch&, const Step&, Results&);
    static Status close(Batch&, const Step&, Results&);
    // lower_locks.cc
    static Status widened(Batch&, const Step&, Results&);
    static Status lock(Batch&, const Step&, Results&);
    static Status test_lock(Batch&, const Step&, Results&);
    static Status unlock(Batch&, const Step&, Results&);
    // lower_data.cc
    static Status read(Batch&, const Step&, Results&);
    static Status write(Batch&, const Step&, Results&);
    static Status commit(Batch&, const Step&, Results&);
    static Status seek(Batch&, const Step&, Results&);
    static Status copy(Batch&, const Step&, Results&);
    // lower_xattrs.cc
    static Status get_xattr(Batch&, const Step&, Results&);
    static Status set_xattr(Batch&, const Step&, Results&);
    static Status list_xattrs(Batch&, const Step&, Results&);
    static Status remove_xattr(Batch&, const Step&, Results&);
};

}  // namespace strait::client::nfs4
