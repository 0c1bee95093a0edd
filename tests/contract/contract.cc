// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tests/contract/contract.h"

#include <algorithm>

namespace strait::contract {

namespace {

Task<> run_into(Backend& backend, const Compound& program, Result<Reply>& out) {
    out = co_await backend.run(program).result();
}

}  // namespace

CredentialRef owner() { return make_ref<const Credential>(owner_uid, owner_gid); }
CredentialRef member() {
    return make_ref<const Credential>(member_uid, member_uid, SmallVector<uint32_t, 16>{owner_gid});
}
CredentialRef stranger() { return make_ref<const Credential>(stranger_uid, stranger_gid); }

void BackendContract::SetUp() {
    subject_ = GetParam().make();
    base_ = subject_->directory();
}

Reply BackendContract::run(const Compound& program) {
    Result<Reply> reply = fail(Errc::io);
    subject_->drive(run_into(backend(), program, reply));
    EXPECT_TRUE(reply.has_value()) << "run() failed: " << errc_name(reply.error().code);
    if (reply) return std::move(*reply);
    Reply failed;
    failed.error = reply.error();
    return failed;
}

Reply BackendContract::ok(const Compound& program) {
    Reply reply = run(program);
    EXPECT_TRUE(reply.ok())
        << "operation " << reply.completed << " ("
        << op_name(program.ops[std::min<size_t>(reply.completed, program.ops.size() - 1)])
        << "): " << errc_name(reply.error.code);
    return reply;
}

Compound& BackendContract::go(Compound& program, std::string_view path) {
    program.root();
    if (!base_.empty()) program.walk(base_);
    if (!path.empty()) program.walk(path);
    return program;
}

Compound BackendContract::at(std::string_view path, CredentialRef as) {
    Compound program(std::move(as));
    go(program, path);
    return program;
}

Handle BackendContract::make_file(std::string_view path, std::string_view content, uint32_t mode) {
    auto [directory, name] = split(path);
    Compound program = at(directory);
    Open open{.access = OpenAccess::both, .name = name, .create = Open::Create::guarded};
    open.attributes.mode = mode;
    program.open(open);
    if (!content.empty()) program.write(0, bytes(content));
    program.close().get_handle();
    Reply reply = ok(program);
    return reply.ok() ? reply.take<GetHandle>().handle : Handle{};
}

Handle BackendContract::make_directory(std::string_view path, uint32_t mode) {
    auto [directory, name] = split(path);
    Create create{.type = FileType::directory, .name = name};
    create.attributes.mode = mode;
    Reply reply = ok(at(directory).add(create).get_handle());
    return reply.ok() ? reply.take<GetHandle>().handle : Handle{};
}

void BackendContract::make_symlink(std::string_view path, std::string_view target) {
    auto [directory, name] = split(path);
    ok(at(directory).add(Create{.type = FileType::symlink, .name = name, .target = target}));
}

void BackendContract::make_any(std::string_view path, FileType type) {
    if (type == FileType::regular) make_file(path, path);
    if (type == FileType::directory) make_directory(path);
    if (type == FileType::symlink) make_symlink(path, path);
}

void BackendContract::give(std::string_view path, uint32_t uid, uint32_t gid, uint32_t mode) {
    ok(at(path).setattr({.mode = mode, .uid = uid, .gid = gid}));
}

Compound BackendContract::rename(std::string_view from, std::string_view to, uint32_t flags,
                                 CredentialRef as) {
    auto [from_directory, old_name] = split(from);
    auto [to_directory, new_name] = split(to);
    Compound program = at(from_directory, std::move(as));
    program.save();
    return go(program, to_directory).add(Rename{old_name, new_name, flags});
}

Compound BackendContract::link(std::string_view from, std::string_view to, CredentialRef as) {
    auto [directory, name] = split(to);
    Compound program = at(from, std::move(as));
    program.save();
    return go(program, directory).add(Link{name});
}

Attributes BackendContract::stat(std::string_view path) {
    Reply reply = ok(at(path).getattr(stat_mask));
    return reply.ok() ? reply.take<GetAttr>().attributes : Attributes{};
}

Attributes BackendContract::stat(const Handle& handle) {
    Reply reply = ok(Compound().put(handle).getattr(stat_mask));
    return reply.ok() ? reply.take<GetAttr>().attributes : Attributes{};
}

std::string BackendContract::read(std::string_view path, uint64_t offset, uint32_t count) {
    Reply reply = ok(at(path).read(offset, count));
    if (!reply.ok()) return "";
    Buffer whole = reply.take<Read>().data.flatten();
    return std::string(whole.text());
}

void BackendContract::write(std::string_view path, uint64_t offset, std::string_view content) {
    Reply reply = ok(at(path).write(offset, bytes(content)));
    if (reply.ok()) EXPECT_EQ(reply.take<Write>().count, content.size());
}

bool BackendContract::exists(std::string_view path) {
    Reply reply = run(at(path).get_handle());
    EXPECT_TRUE(reply.ok() || reply.error == Errc::noent) << errc_name(reply.error.code);
    return reply.ok();
}

std::vector<std::string> BackendContract::list(std::string_view path) {
    std::vector<std::string> names;
    ReadDir args;
    for (bool eof = false; !eof;) {
        Reply reply = ok(at(path).readdir(args));
        if (!reply.ok()) break;
        auto& part = *reply.find<ReadDir>();
        for (auto& entry : part.entries) names.emplace_back(entry.name);
        if (!part.entries.empty()) args.cookie = part.entries.back().cookie;
        args.verifier = part.verifier;
        eof = part.eof;
    }
    std::sort(names.begin(), names.end());
    return names;
}

OpenId BackendContract::open(std::string_view path, OpenAccess access, OpenDeny deny, Owner owner) {
    Reply reply = ok(at(path).open({.access = access, .deny = deny, .owner = owner}));
    return reply.ok() ? reply.take<Open>().open : OpenId{};
}

Errc BackendContract::open_error(std::string_view path, OpenAccess access, OpenDeny deny,
                                 Owner owner, CredentialRef as) {
    Compound program = at(path, std::move(as));
    program.open({.access = access, .deny = deny, .owner = owner});
    Reply reply = run(program);
    if (reply.ok()) close(reply.take<Open>().open);
    return reply.error.code;
}

void BackendContract::close(OpenId open) { ok(Compound().use_open(open).close()); }

std::pair<std::string_view, std::string_view> split(std::string_view path) {
    size_t slash = path.rfind('/');
    if (slash == path.npos) return {"", path};
    return {path.substr(0, slash), path.substr(slash + 1)};
}

BufferChain bytes(std::string_view text) { return BufferChain(Buffer::copy_of(text)); }

std::string param_name(const testing::TestParamInfo<Param>& info) { return info.param.name; }

}  // namespace strait::contract
