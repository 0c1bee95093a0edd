// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The fixture of the contract suite and short words for its tests. Tests speak to the backend by
// compounds only and know no store.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "tests/contract/subject.h"

namespace strait {

// gtest shows an error by its name.
inline void PrintTo(Errc code, std::ostream* out) { *out << errc_name(code); }

}  // namespace strait

namespace strait::contract {

using namespace vfs;  // the tests' subject

inline constexpr uint32_t owner_uid = 1000, owner_gid = 1000;  // usual files' owner
inline constexpr uint32_t member_uid = 1001;                   // in the owner's group
inline constexpr uint32_t stranger_uid = 1002, stranger_gid = 1002;

CredentialRef owner();
CredentialRef member();
CredentialRef stranger();

class BackendContract : public testing::TestWithParam<Param> {
  protected:
    void SetUp() override;

    Backend& backend() { return subject_->backend(); }
    Subject& subject() { return *subject_; }
    Capabilities capabilities() { return backend().capabilities(); }

    Reply run(const Compound& program);
    // Runs a program that must succeed.
    Reply ok(const Compound& program);
    // Runs one that must fail, and tells how.
    Errc error(const Compound& program) { return run(program).error.code; }

    // A program whose cursor is on `path` below the suite's directory. `path` outlives it.
    Compound at(std::string_view path, CredentialRef as = nullptr);
    // Moves the cursor of a program there.
    Compound& go(Compound& program, std::string_view path);

    // Makes things as the backend's own identity.
    Handle make_file(std::string_view path, std::string_view content = "", uint32_t mode = 0644);
    Handle make_directory(std::string_view path, uint32_t mode = 0755);
    void make_symlink(std::string_view path, std::string_view target);
    void make_any(std::string_view path, FileType type);  // file, directory or symlink
    void give(std::string_view path, uint32_t uid, uint32_t gid, uint32_t mode);

    // Programs on two paths.
    Compound rename(std::string_view from, std::string_view to, uint32_t flags = 0,
                    CredentialRef as = nullptr);
    Compound link(std::string_view from, std::string_view to, CredentialRef as = nullptr);

    Attributes stat(std::string_view path);
    Attributes stat(const Handle& handle);
    std::string read(std::string_view path, uint64_t offset = 0, uint32_t count = 65536);
    void write(std::string_view path, uint64_t offset, std::string_view content);
    bool exists(std::string_view path);
    // Names in a directory, in order of name.
    std::vector<std::string> list(std::string_view path);

    OpenId open(std::string_view path, OpenAccess access = OpenAccess::both,
                OpenDeny deny = OpenDeny::none, Owner owner = {});
    Errc open_error(std::string_view path, OpenAccess access, OpenDeny deny, Owner owner = {},
                    CredentialRef as = nullptr);
    void close(OpenId open);

  private:
    std::unique_ptr<Subject> subject_;
    std::string base_;
};

// Directory and last name of a path.
std::pair<std::string_view, std::string_view> split(std::string_view path);
BufferChain bytes(std::string_view text);
std::string param_name(const testing::TestParamInfo<Param>& info);

}  // namespace strait::contract
