// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// An NFSv4.1 or 4.2 server as a vfs::Backend: each program goes out as one COMPOUND wherever it can
// (lowering.h says when not). Rooted at the URL's path, which is walked from the server's root in
// the same compound. One core: the one that drives the reactor.

#include <memory>

#include "client/nfs4/id_map.h"
#include "client/nfs4/lowering.h"
#include "client/nfs4/session.h"
#include "vfs/backend.h"

namespace strait::client::nfs4 {

class Mount final : public vfs::Backend, private Session::Keeper {
  public:
    // Connects: TCP, EXCHANGE_ID, CREATE_SESSION, three round trips. Whether the path is there
    // shows with the first program. `trace` outlives the mount. Errors: noent (host), connrefused,
    // hostunreach, timedout, auth, notsup (neither 4.2 nor 4.1).
    static Task<std::unique_ptr<Mount>> connect(Reactor& reactor, const Url& url,
                                                MountOptions options, TraceSink* trace = nullptr);
    ~Mount() override;

    // Besides Reply::error as vfs says. The task's own Error: timedout (soft, or the scope's
    // deadline), cancelled; auth and notsup when the server turns us away.
    Task<vfs::Reply> run(const vfs::Compound& program) override;
    vfs::Capabilities capabilities() const override;
    Task<> close() override;
    // Of opens and locks whose Owner::client is this one.
    Task<> expire(uint64_t client) override;

    Session& session() noexcept { return session_; }
    const MountOptions& options() const noexcept { return options_; }

  private:
    friend class Batch;
    friend class Builder;
    friend class Lowering;
    friend class Bulk;
    friend struct Takes;

    enum class Next : uint8_t { go_on, pause, renew, stop };

    Mount(Reactor& reactor, const Url& url, MountOptions options, TraceSink* trace);

    // run.cc
    // `inside`: what keeps the mount from closing meanwhile, where the caller does not.
    Task<vfs::Reply> run_program(const vfs::Compound& program,
                                 Result<std::optional<Gate::Pass>> inside = std::nullopt);
    Task<Ref<Batch>> exchange(Lowering& progress, const vfs::Compound& program, vfs::Reply& reply);
    Task<uint32_t> acquire_until(MonoTime until);
    Next judge(Lowering& progress, Batch& batch, vfs::Reply& reply);
    bool was_done(Lowering& progress, Batch& batch, vfs::Reply& reply);
    void fail_program(Lowering& progress, Batch& batch, vfs::Reply& reply);
    Task<> learn_root();
    // bulk.cc
    Task<> finish_large(Lowering& progress, const vfs::Compound& program, vfs::Reply& reply);
    // reclaim.cc
    Task<> reclaim() override;
    Task<> check_state() override;
    Task<> reclaim_open(vfs::OpenId id, uint32_t claim);
    Task<> reclaim_locks(vfs::OpenId id, HeldLocks held, uint32_t claim);
    Task<> renew_open(vfs::OpenId id, uint32_t seen_epoch);
    template <class Res, class Args>
    Task<wire::nfs4::nfsstat4> ask_about(const vfs::Handle* handle, const Args& args, Res& result,
                                         const vfs::Credential* credential);
    // Ends an open that nobody can name any more.
    void drop_orphan(vfs::OpenId open);
    Task<> close_orphan(vfs::OpenId id);
    void return_delegation(const wire::nfs4::stateid4& stateid, const vfs::Handle& handle);
    Task<> give_back(wire::nfs4::stateid4 stateid, vfs::Handle handle);

    // Operations of NFSv4.2 that the server has refused as unknown to it: not asked for again.
    bool lacks(wire::nfs4::nfs_opnum4 op) const noexcept {
        return (missing_ >> (op - wire::nfs4::OP_ALLOCATE) & 1) != 0;
    }
    void note_missing(const vfs::Op& op) noexcept;

    uint32_t read_size() const noexcept;
    uint32_t write_size() const noexcept;

    Reactor& reactor_;
    const Url url_;
    const MountOptions options_;
    Session session_;
    OpenTable opens_;
    IdMap ids_;
    Nursery nursery_;
    Gate gate_;

    std::vector<std::string> prefix_;  // the URL's path, component by component
    std::optional<vfs::Handle> root_handle_;
    // From the root's attributes, fetched with the first compound.
    bool limits_known_ = false;
    uint64_t max_read_ = 0, max_write_ = 0;
    bool xattrs_ = false;
    bool verifiers_apart_ = false;  // an exclusive create's verifier is not kept in the times
    uint64_t next_verifier_;        // from a random beginning
    uint32_t missing_ = 0;          // bit: number of the operation - OP_ALLOCATE
    // Grows whenever state was taken back or given up: a refusal of something older is no news.
    uint32_t state_epoch_ = 0;
    Mutex renewing_;
};

}  // namespace strait::client::nfs4
