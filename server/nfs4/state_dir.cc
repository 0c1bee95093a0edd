// SPDX-License-Identifier: LGPL-2.1-or-later
#include "server/nfs4/state_dir.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>

namespace strait::server::nfs4 {

namespace {

constexpr std::string_view record_head = "strait client 1\n";

bool sync_directory(const std::string& path) {
    Descriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return directory && ::fsync(directory.get()) == 0;
}

// The whole file or none of it: written aside, synced, renamed, the directory synced.
bool write_file(const std::string& directory, const std::string& name, Bytes content) {
    std::string path = directory + "/" + name;
    std::string aside = path + ".new";
    Descriptor file(::open(aside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file) return false;
    ssize_t put = ::write(file.get(), content.data(), content.size());
    if (put != static_cast<ssize_t>(content.size()) || ::fsync(file.get()) != 0) return false;
    file.close();
    return ::rename(aside.c_str(), path.c_str()) == 0 && sync_directory(directory);
}

std::optional<std::string> read_file(const std::string& path) {
    Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return std::nullopt;
    std::string content(4096, '\0');
    ssize_t got = ::read(file.get(), content.data(), content.size());
    if (got < 0) return std::nullopt;
    content.resize(static_cast<size_t>(got));
    return content;
}

std::string record_name(const std::string& owner) {
    uint64_t hash = siphash(SipKey{}, as_bytes(owner));
    uint64_t more = siphash(SipKey{std::byte{1}}, as_bytes(owner));
    return fmt::format("{:016x}{:016x}", hash, more);
}

std::string to_hex(std::string_view bytes) {
    std::string hex;
    for (unsigned char each : bytes) hex += fmt::format("{:02x}", each);
    return hex;
}

std::optional<std::string> from_record(std::string_view record) {
    if (!record.starts_with(record_head)) return std::nullopt;
    record.remove_prefix(record_head.size());
    if (record.ends_with('\n')) record.remove_suffix(1);
    std::string owner;
    for (size_t i = 0; i + 1 < record.size(); i += 2) {
        unsigned value = 0;
        if (std::sscanf(std::string(record.substr(i, 2)).c_str(), "%2x", &value) != 1)
            return std::nullopt;
        owner.push_back(static_cast<char>(value));
    }
    return owner;
}

// Reads the secret, or makes it on first use.
template <class Secret>
bool load(const std::string& directory, const std::string& name, Secret& secret) {
    auto known = read_file(directory + "/" + name);
    if (known && known->size() == secret.size()) {
        std::memcpy(secret.data(), known->data(), secret.size());
        return true;
    }
    if (known && !known->empty()) return false;
    fill_random(secret);
    return write_file(directory, name, secret);
}

std::set<std::string> read_records(const std::string& directory) {
    std::set<std::string> owners;
    std::unique_ptr<DIR, int (*)(DIR*)> listing(::opendir(directory.c_str()), &::closedir);
    while (dirent* entry = listing ? ::readdir(listing.get()) : nullptr) {
        if (std::strlen(entry->d_name) != 32) continue;  // not ours, or half written
        auto record = read_file(directory + "/" + entry->d_name);
        auto owner = record ? from_record(*record) : std::nullopt;
        if (owner) owners.insert(*owner);
    }
    return owners;
}

std::unexpected<std::string> refuse(const std::string& path, std::string_view what) {
    return std::unexpected(fmt::format(
        "state directory {}: {} ({})\n  give --state-dir a directory that straitd may write to",
        path, what, std::strerror(errno)));
}

std::unexpected<std::string> refuse_taken(const std::string& path) {
    if (errno != EWOULDBLOCK) return refuse(path, "cannot be locked");
    return std::unexpected(
        fmt::format("state directory {}: another straitd runs on it\n  give each straitd a "
                    "--state-dir of its own",
                    path));
}

}  // namespace

StateDir::StateDir() : key_(random_key()) { fill_random(identity_); }

std::expected<StateDir, std::string> StateDir::open(const std::string& path) {
    StateDir made;
    made.path_ = path;
    std::string clients = path + "/clients";
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return refuse(path, "cannot be made");
    if (::mkdir(clients.c_str(), 0700) != 0 && errno != EEXIST)
        return refuse(path, "cannot be written to");
    made.lock_ = Descriptor(::open((path + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!made.lock_) return refuse(path, "cannot be written to");
    if (::flock(made.lock_.get(), LOCK_EX | LOCK_NB) != 0) return refuse_taken(path);
    if (!load(path, "key", made.key_)) return refuse(path, "its key cannot be read or written");
    if (!load(path, "identity", made.identity_))
        return refuse(path, "its identity cannot be read or written");
    if (::access(clients.c_str(), W_OK) != 0) return refuse(path, "cannot be written to");
    made.recorded_ = read_records(clients);
    return made;
}

bool StateDir::add_client(const std::string& owner) const {
    if (path_.empty()) return true;
    std::string record = std::string(record_head) + to_hex(owner) + "\n";
    return write_file(path_ + "/clients", record_name(owner), as_bytes(record));
}

bool StateDir::remove_client(const std::string& owner) const {
    if (path_.empty()) return true;
    std::string clients = path_ + "/clients";
    if (::unlink((clients + "/" + record_name(owner)).c_str()) != 0 && errno != ENOENT)
        return false;
    return sync_directory(clients);
}

}  // namespace strait::server::nfs4
