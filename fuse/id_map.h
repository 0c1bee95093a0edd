// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// Numbers of users and groups inside our user namespace and outside of it, where the server is: in
// a namespace of one's own "root" is who made it (user_namespaces(7), uid_map).

#include <cstdint>
#include <string>
#include <vector>

namespace strait::fuse {

class IdMap {
  public:
    // Everybody is who he is.
    IdMap() = default;
    // The text of /proc/self/uid_map or gid_map; what makes no sense is left out.
    explicit IdMap(const std::string& text);

    bool identity() const { return rows_.empty(); }
    // Who is not there is nobody.
    uint32_t to_outside(uint32_t inside) const;
    // Likewise; but where there is not even a nobody, he is our own user: the kernel refuses every
    // change of what belongs to a number that the namespace does not have.
    uint32_t to_inside(uint32_t outside) const;

  private:
    struct Row {
        uint32_t inside = 0, outside = 0, count = 0;
    };
    bool has_inside(uint32_t inside) const;
    std::vector<Row> rows_;
};

struct IdMaps {
    IdMap users, groups;
    // Of this process.
    static IdMaps own();
};

}  // namespace strait::fuse
