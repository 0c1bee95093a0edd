// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// An export at work: a backend, and the policy that stands between it and the callers. And the
// pseudo file system that leads to the exports (RFC 8881 section 7.3): a small read-only tree made
// of their names.

#include <atomic>
#include <expected>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "server/caller.h"
#include "server/export_spec.h"
#include "vfs/backend.h"

namespace strait::server {

class PseudoNode;

class Export {
  public:
    Export(ExportSpec spec, std::unique_ptr<vfs::Backend> backend);

    // From the name alone, so that handles and file system ids outlive a restart.
    uint32_t id() const noexcept { return id_; }
    const ExportSpec& spec() const noexcept { return spec_; }
    vfs::Backend& backend() const noexcept { return *backend_; }
    vfs::Fsid fsid() const noexcept { return {id_, 0x5354}; }
    bool admits(const Caller& caller) const noexcept { return spec_.admits(caller.peer); }
    // As whom the caller acts here: squashed as the export says. AUTH_NONE is always squashed.
    vfs::CredentialRef credential(const Caller& caller) const;

    // Asks the backend for its root; before the first call of a client.
    Task<> start();
    const vfs::Handle& root_handle() const noexcept { return root_handle_; }
    uint64_t root_fileid() const noexcept { return root_fileid_; }
    // Where the export hangs in the pseudo file system.
    const PseudoNode* mount_point = nullptr;

  private:
    const ExportSpec spec_;
    const std::unique_ptr<vfs::Backend> backend_;
    const uint32_t id_;
    vfs::Handle root_handle_;
    uint64_t root_fileid_ = 0;
};

class PseudoNode {
  public:
    PseudoNode(std::string path, const PseudoNode* parent);

    const PseudoNode* parent() const noexcept { return parent_; }  // of the root: null
    Export* mounted() const noexcept { return mounted_; }
    const PseudoNode* find(std::string_view name) const;
    // By name. A child's place in the order is its readdir cookie less 3.
    const std::map<std::string, std::unique_ptr<PseudoNode>, std::less<>>& children() const {
        return children_;
    }
    uint64_t fileid() const noexcept { return fileid_; }
    vfs::Attributes attributes() const;

  private:
    friend class ExportTable;
    const std::string path_;
    const PseudoNode* const parent_;
    const uint64_t fileid_;
    Export* mounted_ = nullptr;
    std::map<std::string, std::unique_ptr<PseudoNode>, std::less<>> children_;
};

// All exports of a server. Fixed once serving begins.
class ExportTable {
  public:
    ExportTable() : root_("", nullptr) {}
    // The error is a sentence for the user: two exports of one name, or one inside the other.
    std::expected<Export*, std::string> add(ExportSpec spec, std::unique_ptr<vfs::Backend> backend);
    Task<> start();
    Task<> close();
    // Ends what a client holds, in every backend.
    Task<> expire(uint64_t client);

    const PseudoNode& root() const noexcept { return root_; }
    Export* find(uint32_t id) const noexcept;
    const PseudoNode* find_pseudo(uint64_t fileid) const noexcept;
    const std::vector<std::unique_ptr<Export>>& all() const noexcept { return exports_; }

  private:
    PseudoNode root_;
    std::vector<std::unique_ptr<Export>> exports_;
    std::map<uint64_t, const PseudoNode*> by_fileid_;
};

}  // namespace strait::server
