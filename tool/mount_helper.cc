// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/mount_helper.h"

#include "tool/common_options.h"

namespace strait::tool {

namespace {
// mount(8), EXIT STATUS.
constexpr int mount_usage = 1, mount_failed = 32;
}  // namespace

std::optional<HelperCall> helper_call(const std::string& program,
                                      const std::vector<std::string>& arguments) {
    std::string name = program.substr(program.rfind('/') + 1);
    if (!name.starts_with("mount.")) return std::nullopt;
    HelperCall call{{"mount"}, false};
    for (size_t i = 0; i < arguments.size(); i++) {
        const std::string& each = arguments[i];
        const bool with_value = each == "-N" || each == "-t" || each == "-o";
        if (!each.starts_with('-')) call.arguments.push_back(each);
        if (each == "-o" && i + 1 < arguments.size()) {
            call.arguments.push_back("-o");
            call.arguments.push_back(arguments[i + 1]);
        }
        if (with_value) i++;
        // Single letters may stand together; of the others nothing hangs here.
        if (!with_value && each.starts_with('-') && each.find('f') != std::string::npos)
            call.fake = true;
    }
    return call;
}

int helper_status(int status) {
    if (status == exit_ok) return 0;
    return status == exit_usage ? mount_usage : mount_failed;
}

}  // namespace strait::tool
