// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Where a program's cursor stands, in a form from which the server's current filehandle can be made
// again at any time: a base and the names to walk from it. So a program can be cut anywhere.

#include <string_view>

#include "vfs/compound.h"

namespace strait::client::nfs4 {

struct Position {
    enum class Base : uint8_t { none, root, handle };
    Base base = Base::none;
    vfs::Handle handle;
    SmallVector<std::string_view, 4> names;  // views of the program
    int depth = -1;                          // below our root; unknown: -1
    vfs::OpenId open;

    void set_root() {
        *this = Position();
        base = Base::root;
        depth = 0;
    }
    void set_handle(const vfs::Handle& of, int at_depth = -1) {
        base = Base::handle;
        handle = of;
        names.clear();
        depth = at_depth;
    }
    // One component further; ".." is kept as such.
    void step(std::string_view name) {
        names.push_back(name);
        open = {};
        if (depth >= 0) depth += name == ".." ? -1 : 1;
    }
};

// Takes the next component of `path` from `offset` on; "" and "." are left out. None: the end.
std::optional<std::string_view> next_component(std::string_view path, size_t& offset);

// The name of one entry. Errc::inval: empty; badname: "." or ".."; badchar: '/' or a zero byte in
// it.
Result<> check_name(std::string_view name);

}  // namespace strait::client::nfs4
