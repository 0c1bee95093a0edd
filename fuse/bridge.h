// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// One mount of the kernel's, answered by one vfs::Mount. Requests are read on the reactor's thread,
// each becomes a coroutine, and answers go out in whatever order they come. Every question to the
// server is one compound that begins at a handle (ops_*.cc, by theme).

#include <list>
#include <memory>
#include <set>
#include <string>

#include "fuse/callers.h"
#include "fuse/inode.h"
#include "fuse/notifier.h"
#include "fuse/request.h"
#include "fuse/session.h"
#include "fuse/trust.h"
#include "fuse/watch.h"
#include "vfs/handle_open.h"
#include "vfs/mount.h"

namespace strait::fuse {

class Listing;

struct BridgeOptions {
    // Each caller is itself at the server, with its groups; else all are the mount's own user.
    bool per_caller = false;
    IdMaps ids;                 // who is who at the server
    bool server_locks = true;   // fcntl's; else the kernel keeps them, and other clients see none
    bool server_flocks = true;  // flock's
    TrustOptions trust;
    vfs::MountPolicy policy;
};

// What the kernel knows as an open file, by address.
struct OpenFile final : RefCounted {
    InodeRef inode;
    Ref<vfs::OpenRegular> file;
    // A write's error that the program may not have heard: of a large write(2) the kernel tells
    // only how much went well before it. fsync and close tell it again.
    Error unheard{Errc::ok};
};
using OpenFileRef = Ref<OpenFile>;

class Bridge {
  public:
    // Asks for the root, so that a path that is not there, and a server that refuses us, show.
    // `own`: whom the backend is to take us for when it is not the caller; null: as it likes.
    static Task<std::unique_ptr<Bridge>> create(Reactor& reactor,
                                                std::unique_ptr<vfs::Backend> backend,
                                                vfs::CredentialRef own, BridgeOptions options);
    ~Bridge();

    // Mounts, or takes over what is mounted (session.h). The complaint is for the user.
    Result<> mount(const MountRequest& request, std::string& complaint);
    // Answers until the file system is unmounted, the connection aborted, or the scope stopped.
    Task<> serve();
    // When the kernel has said its first word: from then on the mount answers.
    void on_greeting(std::function<void()> tell) { session_.on_greeting = std::move(tell); }
    // After serve(): writes back and closes everything. When the backend does not answer, waits
    // until the scope stops.
    Task<> close();
    // Others have taken the mount away: its place may be somebody else's at the end.
    void unmounted() { session_.unmounted(); }

    // --- for operations
    Reactor& reactor() { return reactor_; }
    vfs::Mount& mount() { return *mount_; }
    InodeTable& inodes() { return inodes_; }
    Callers& callers() { return callers_; }
    Watch& watch() { return watch_; }
    Notifier& notifier() { return notifier_; }
    const Trust& trust() const { return trust_; }
    const BridgeOptions& options() const { return options_; }
    Session& session() { return session_; }
    // Work that a request has begun and nobody waits for.
    Nursery& requests() { return requests_; }

    // Runs `work` for the request, which it answers unless it fails.
    void start(std::unique_ptr<Request> request, Task<> work);
    // An entry as the kernel is told of it: counts a lookup, which must be taken back when the
    // answer does not arrive.
    fuse_entry_param entry(const Inode& directory, std::string_view name, const vfs::Handle& handle,
                           const vfs::Attributes& attributes);
    // What is known of a file, with what waits here to be written.
    struct stat seen(const vfs::Handle& handle, const vfs::Attributes& attributes);

    // Open files by the number that the kernel has for them. What it says of them: opened() before
    // the answer, forget() when it releases one or did not hear of it.
    uint64_t opened(OpenFileRef file, fuse_file_info& info, bool was_open);
    OpenFileRef file(const fuse_file_info* info) const;
    OpenFileRef released(uint64_t number);
    uint64_t listing_opened(std::unique_ptr<Listing> listing);
    Listing& listing(uint64_t number) const;
    std::unique_ptr<Listing> listing_released(uint64_t number);

    // Takes in what the server said in answer to a question of `asked`.
    void learn(const vfs::Handle& handle, const vfs::Attributes& attributes, vfs::Hold::Tick asked);

    // The kernel's attributes of a file go when it was told others: an open does not bring any.
    Task<> drop_outdated_attributes(Inode& inode, uint64_t change);
    // The kernel's pages of a file go when others have changed it since they were read.
    Task<> drop_outdated_pages(Inode& inode);

  private:
    Bridge(Reactor& reactor, vfs::MountRef mount, const vfs::Handle& root, BridgeOptions options);
    static Task<> run(std::unique_ptr<Request> request, Task<> work);
    Task<> end_notifications();
    Task<> close_files();

    Reactor& reactor_;
    const BridgeOptions options_;
    const vfs::MountRef mount_;
    InodeTable inodes_;
    Callers callers_;
    Watch watch_;
    Trust trust_;
    std::set<OpenFile*> files_;
    std::set<Listing*> listings_;
    Nursery requests_;
    Nursery refusing_;
    Session session_;
    Notifier notifier_;
};

}  // namespace strait::fuse
