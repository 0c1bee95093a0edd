// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/completion_script.h"

#include <gtest/gtest.h>

namespace strait::tool {
namespace {

const std::vector<VerbWords> verbs{{"ls", "List the user's files", {"--json", "-l"}},
                                   {"agent", "The agent", {"status"}}};

TEST(CompletionScript, each_shell_learns_verbs_and_options) {
    std::string bash = completion_script("bash", verbs);
    EXPECT_NE(bash.find("ls agent"), std::string::npos) << bash;
    EXPECT_NE(bash.find("ls) options=\"--json -l\" ;;"), std::string::npos) << bash;
    std::string zsh = completion_script("zsh", verbs);
    EXPECT_NE(zsh.find("'ls:List the users files'"), std::string::npos) << zsh;
    std::string fish = completion_script("fish", verbs);
    EXPECT_NE(fish.find("-l json"), std::string::npos) << fish;
    EXPECT_NE(fish.find("-a status"), std::string::npos) << fish;
}

}  // namespace
}  // namespace strait::tool
