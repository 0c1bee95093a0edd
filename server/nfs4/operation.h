// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One operation of a COMPOUND, in two halves. build() checks what can be checked at once and
// appends steps to the vfs program; finish() turns what the backend answered into the result.
// Between the two the engine may have built many more operations. An operation that is no file
// system step (sessions, state) overrides run() instead.

#include <memory>

#include "base/task.h"
#include "server/nfs4/program.h"
#include "wire/nfs4/op.h"
#include "wire/xdr/reader.h"
#include "wire/xdr/writer.h"

namespace strait::server::nfs4 {

namespace xdr = wire::xdr;

// A finished stretch, as one operation sees it.
struct Finish {
    Program& program;
    vfs::Reply& reply;

    Call& call() const { return program.call(); }
    // The result of the step that add() numbered `index`; it was reached.
    template <class T>
    typename T::Result& at(size_t index) {
        return *reply.at<T>(index);
    }
};

class Operation {
  public:
    virtual ~Operation() = default;
    // Decodes the arguments, as views into the record. False: NFS4ERR_BADXDR.
    virtual bool read(xdr::Reader& in) = 0;
    // The most bytes that its result can take, number and status included.
    virtual size_t reply_bound(const Call& call) const = 0;

    // Does it run outside of vfs programs? May depend on where the cursor stands.
    virtual bool is_direct(const Program& program) const = 0;
    virtual Task<nfsstat4> run(Program& program) = 0;

    virtual Built build(Program& program) = 0;
    // Must what follows wait until this one's finish() has spoken?
    virtual bool decides() const { return false; }
    // Its steps succeeded: fills the result. Any status may still come of it.
    virtual nfsstat4 finish(Finish& finish) = 0;
    // A step failed; `status` is what the error means in general.
    virtual nfsstat4 failed(Finish& finish, nfsstat4 status) {
        (void)finish;
        return status;
    }
    // The state that finish() made, of an operation that makes one.
    virtual uint32_t state_key() const { return 0; }
    // Status and, where there is one, the result.
    virtual void encode(xdr::Writer& out, nfsstat4 status) = 0;
};

namespace detail {
struct SetFirst {
    nfsstat4 status;
    bool field(const char*, nfsstat4& value) {
        value = status;
        return false;
    }
    bool discriminant(const char*, nfsstat4& value) { return field(nullptr, value); }
    template <class T>
    bool field(const char*, T&) {
        return false;
    }
    template <class T>
    bool discriminant(const char*, T&) {
        return false;
    }
    bool no_arm() { return false; }
};
}  // namespace detail

// The status in front of every result, whatever the RFC calls that field.
template <class Res>
void set_status(Res& result, nfsstat4 status) {
    detail::SetFirst set{status};
    Res::xdr_fields(result, set);
}

// For members that are called read themselves.
template <class T>
bool decode(xdr::Reader& in, T& value) {
    return read(in, value);
}

// What all operations share, given their messages.
template <class Args, class Res>
class OperationOf : public Operation {
  public:
    bool read(xdr::Reader& in) override { return decode(in, args); }
    size_t reply_bound(const Call&) const override { return 4 + encoded_size(Res{}); }
    void encode(xdr::Writer& out, nfsstat4 status) override {
        set_status(res, status);
        write(out, res);
    }

  protected:
    Args args;
    Res res;
};

// A step of the file system.
template <class Args, class Res>
class FileOperation : public OperationOf<Args, Res> {
  public:
    bool is_direct(const Program&) const override { return false; }
    Task<nfsstat4> run(Program&) override { co_return NFS4ERR_SERVERFAULT; }
    nfsstat4 finish(Finish&) override { return NFS4_OK; }
};

// Sessions, clients, state.
template <class Args, class Res>
class StateOperation : public OperationOf<Args, Res> {
  public:
    bool is_direct(const Program&) const override { return true; }
    Built build(Program&) override { return NFS4ERR_SERVERFAULT; }
    nfsstat4 finish(Finish&) override { return NFS4ERR_SERVERFAULT; }
};

template <class T>
std::unique_ptr<Operation> make_operation() {
    return std::make_unique<T>();
}

}  // namespace strait::server::nfs4
