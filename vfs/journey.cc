// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/journey.h"

#include "vfs/open_node.h"
#include "vfs/path.h"

namespace strait::vfs {

namespace {
constexpr int most_links = 40;  // as Linux's path_resolution(7)

std::string join(std::string_view a, std::string_view b) {
    std::string made(a);
    if (!made.empty() && !b.empty()) made += '/';
    made += b;
    return made;
}

// A walk fails behind the symlink: that is the last component it did.
size_t symlink_of(const Walk::Result& walk) { return walk.walked > 0 ? walk.walked - 1 : 0; }

bool ends_as_directory(std::string_view path) {
    std::string_view last = last_component(path);
    return last.empty() ? !path.empty() : last == "." || last == "..";
}
}  // namespace

Task<> Journey::begin() {
    co_await check_path(at_.path);
    if (at_.path.starts_with('/')) {
        co_await restart(at_.path);
    } else if (!at_.directory) {
        co_await Errc::noent;
    } else {
        co_await begin_at(static_cast<const OpenNode&>(*at_.directory));
    }
    if (!unchecked_out_.empty()) co_await check_way_out();
}

Result<> Journey::begin_at(const OpenNode& directory) {
    if (!at_.path.empty() && directory.type() != FileType::directory) return fail(Errc::notdir);
    mount_ = &directory.mount();
    if (directory.named() == Named::removed) return begin_at_removed(directory);
    base_ = &directory;
    rest_ = at_.path;
    return settle();
}

Result<> Journey::begin_at_removed(const OpenNode& directory) {
    std::string_view rest = at_.path;
    std::string_view name = take_component(rest);
    while (name == ".") name = take_component(rest);
    if (!name.empty() && name != "..") {
        in_removed_ = rest.empty();
        const bool slash = in_removed_ && at_.path.ends_with('/');
        return fail(creates_ && slash ? Errc::isdir : Errc::noent);
    }
    if (!name.empty() && directory.orphan()) return fail(Errc::noent);
    base_ = name.empty() ? &directory : nullptr;
    rest_ = name.empty() ? std::string() : join(parent_path(directory.physical()), rest);
    auto settled = settle();
    if (!at_.path.empty() && rest.empty()) {
        dots_ = name.empty() ? "." : "..";
        must_be_directory_ = true;
    }
    return settled;
}

bool Journey::ends_at_removed() const {
    return base_ && path_.empty() && base_->named() == Named::removed;
}

Result<> Journey::restart(std::string_view absolute) {
    std::string_view rest;
    Mount* found = mounts_.find(absolute, rest);
    if (!found) return leads_out(absolute);
    mount_ = found;
    base_ = nullptr;
    rest_ = std::string(rest);
    return settle();
}

Result<> Journey::leads_out(std::string_view local_path) {
    if (at_.leads_out) *at_.leads_out = local_path;
    return fail(Errc::xdev);
}

// Looks at all of rest_ as far as text, known symlinks and the mounts tell.
Result<> Journey::settle() {
    path_.clear();
    plain_ = !base_ || base_->type() == FileType::directory;
    beyond_.clear();
    physical_ = base_ ? base_->physical() : std::string();
    must_be_directory_ = ends_as_directory(rest_);
    dots_ = {};
    std::string_view rest = rest_;
    while (!rest.empty()) {
        std::string_view name = take_component(rest);
        dots_ = name == "." ? "." : name == ".." ? ".." : "";
        if (name.empty() || name == ".") continue;
        if (name == "..") {
            if (physical_.empty() && !mount_->prefix().empty()) return leave_upwards(rest);
            if (physical_.empty()) continue;  // the root's parent is the root
            push_component(path_, "..");
            plain_ = false;
            pop_component(physical_);
            continue;
        }
        push_component(path_, name);
        push_component(physical_, name);
        if (enters_nested_mount()) continue;
        if (rest.empty() && !follows()) continue;
        if (const std::string* target = mount_->hold().link_at(physical_))
            return follow_to(std::string(*target), parent_path(path_), rest);
    }
    return {};
}

bool Journey::enters_nested_mount() {
    if (mounts_.all().size() < 2) return false;
    Mount* nested = mounts_.at(join(mount_->prefix(), physical_));
    if (!nested) return false;
    mount_ = nested;
    base_ = nullptr;
    path_.clear();
    plain_ = true;
    physical_.clear();
    return true;
}

Result<> Journey::leave_upwards(std::string_view rest) {
    std::string local = "/" + join(parent_path(mount_->prefix()), rest);
    if (path_.empty()) return restart(local);
    // What comes before the ".." may be missing, no directory, or a symlink to elsewhere.
    push_component(path_, "..");
    plain_ = false;
    unchecked_out_ = std::move(local);
    beyond_ = std::string(rest);
    return {};
}

Task<> Journey::check_way_out() {
    while (!unchecked_out_.empty()) {
        std::string local = std::move(unchecked_out_);
        unchecked_out_.clear();
        Compound check = program();
        check.walk(parent_path(path_)).getattr(Attr::type);
        Reply reply = co_await mount_->run(check);
        auto* type = reply.find<GetAttr>();
        if (reply.ok() && type->attributes.type == FileType::symlink) {
            co_await follow(count_components(path_) - 2);
        } else if (reply.ok()) {
            co_await restart(local);
        } else if (reply.error.code == Errc::symlink && reply.at<Walk>(1)) {
            co_await follow(symlink_of(*reply.at<Walk>(1)));
        } else {
            co_await reply.error;
        }
    }
}

Result<> Journey::follow_to(std::string_view target, std::string_view before,
                            std::string_view after) {
    if (++links_ > most_links) return fail(Errc::loop);
    if (target.empty()) return fail(Errc::noent);
    std::string onward = join(target, after);
    if (after.empty() && must_be_directory_ && !onward.ends_with('/')) onward += '/';
    if (onward.size() > max_path_bytes) return fail(Errc::nametoolong);
    if (target.starts_with('/')) return restart(onward);
    std::string whole = join(before, onward);
    rest_ = std::move(whole);
    return settle();
}

Task<> Journey::follow(size_t component) {
    std::string target = co_await read_link(component);
    std::string walked = path_;
    std::string after = join(after_components(walked, component + 1), beyond_);
    co_await follow_to(target, first_components(walked, component), after);
    if (!unchecked_out_.empty()) co_await check_way_out();
}

Task<> Journey::follow_end() {
    size_t last = count_components(path_) - 1;
    co_await follow(last);
}

Task<> Journey::follow_directory() {
    size_t last = count_components(path_) - 1;
    co_await follow(last - 1);
}

Task<std::string> Journey::read_link(size_t& component) {
    for (;;) {
        std::string_view way = first_components(path_, component + 1);
        auto asked = mount_->hold().now();
        Compound read = program();
        read.walk(way).readlink();
        Reply reply = co_await mount_->run(read);
        if (reply.ok()) {
            std::string target(reply.take<ReadLink>().target.text());
            mount_->hold().learn_link(physical_of(way), target, asked);
            co_return target;
        }
        auto* walk = reply.at<Walk>(1);
        bool earlier = reply.error.code == Errc::symlink && walk && symlink_of(*walk) < component;
        if (!earlier) co_return reply.error;
        component = symlink_of(*walk);
    }
}

std::string Journey::physical_of(std::string_view walked) const {
    std::string made = base_ ? base_->physical() : std::string();
    while (!walked.empty()) {
        std::string_view name = take_component(walked);
        if (name == "..") {
            pop_component(made);
        } else {
            push_component(made, name);
        }
    }
    return made;
}

Task<bool> Journey::met_symlink(const Reply& reply, size_t walk) {
    if (reply.error.code != Errc::symlink || reply.completed != walk) co_return false;
    if (walk >= reply.results.size()) co_return false;
    auto* way = std::get_if<Walk::Result>(&reply.results[walk]);
    if (!way) co_return false;
    co_await follow(symlink_of(*way));
    co_return true;
}

Task<bool> Journey::met_at_entry(const Reply& reply, size_t index) {
    if (reply.ok() || reply.completed != index || ends_nameless()) co_return false;
    size_t last = count_components(path_) - 1;
    if (reply.error.code == Errc::symlink) {
        size_t at = last;
        std::string target = co_await read_link(at);
        if (at == last && !follows()) co_return false;
        std::string walked = path_;
        co_await follow_to(target, first_components(walked, at), after_components(walked, at + 1));
        if (!unchecked_out_.empty()) co_await check_way_out();
        co_return true;
    }
    // Servers differ in what they answer when the directory itself is a symlink.
    if (reply.error.code != Errc::notdir || directory().empty()) co_return false;
    Compound look = program();
    look.walk(directory()).getattr(Attr::type);
    auto looked = co_await mount_->run(look).result();
    if (!looked || !looked->ok()) co_return false;
    if (looked->find<GetAttr>()->attributes.type != FileType::symlink) co_return false;
    co_await follow_directory();
    co_return true;
}

void Journey::learn_end(const Handle& handle, Hold::Tick asked) const {
    if (!base_ || !path_.empty()) mount_->hold().learn_name(physical_, handle, asked);
}

bool Journey::ends_nameless() const {
    return path_.empty() || (!plain_ && last_component(path_) == "..");
}

std::string Journey::local_path() const { return "/" + join(mount_->prefix(), physical_); }

Compound Journey::program() const {
    Compound made = mount_->program();
    start(made);
    return made;
}

void Journey::start(Compound& program) const {
    if (base_) {
        program.put(base_->handle());
    } else {
        program.root();
    }
}

void Journey::walk_to_target(Compound& program) const { program.add(Walk{path_, follows()}); }

std::string_view Journey::directory() const { return parent_path(path_); }
std::string_view Journey::name() const { return last_component(path_); }
std::string_view Journey::physical_directory() const { return parent_path(physical_); }

}  // namespace strait::vfs
