// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tool/completion_script.h"

#include <fmt/format.h>

namespace strait::tool {

namespace {

// Colons break bash's words: what is to be replaced begins behind the last one.
constexpr std::string_view bash_frame = R"sh(_strait() {{
    local line="${{COMP_LINE:0:COMP_POINT}}"
    local word="${{line##* }}" verb="${{COMP_WORDS[1]}}" options="" prefix=""
    if [ "$COMP_CWORD" -le 1 ]; then
        COMPREPLY=($(compgen -W "{names}" -- "$word"))
        return
    fi
    case "$verb" in
{cases}    esac
    case "$word" in
        -*) COMPREPLY=($(compgen -W "$options" -- "$word")) ;;
        *:/*)
            COMPREPLY=($(strait ls --timeout 2 --complete "$word" 2>/dev/null))
            prefix="${{word%"${{word##*:}}"}}"
            COMPREPLY=("${{COMPREPLY[@]#"$prefix"}}") ;;
        *) COMPREPLY=($(compgen -f -W "$options" -- "$word")) ;;
    esac
}}
complete -o nospace -o filenames -F _strait strait
)sh";

constexpr std::string_view zsh_frame = R"sh(#compdef strait
_strait() {{
    local -a verbs options
    verbs=(
{verbs}    )
    if (( CURRENT == 2 )); then
        _describe verb verbs
        return
    fi
    case "$words[2]" in
{cases}    esac
    if [[ "$words[CURRENT]" == *:/* ]]; then
        compadd -S '' -- ${{(f)"$(strait ls --timeout 2 --complete "$words[CURRENT]" 2>/dev/null)"}}
    elif [[ "$words[CURRENT]" == -* ]]; then
        compadd -- $options
    else
        compadd -- $options
        _files
    fi
}}
compdef _strait strait
)sh";

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& each : words) text += (text.empty() ? "" : " ") + each;
    return text;
}

std::string bash_script(const std::vector<VerbWords>& verbs) {
    std::vector<std::string> names;
    std::string cases;
    for (const VerbWords& verb : verbs) {
        names.push_back(verb.name);
        cases += fmt::format("        {}) options=\"{}\" ;;\n", verb.name, joined(verb.options));
    }
    return fmt::format(bash_frame, fmt::arg("names", joined(names)), fmt::arg("cases", cases));
}

// Descriptions go into single quotes.
std::string quotable(std::string text) {
    std::erase(text, '\'');
    return text;
}

std::string zsh_script(const std::vector<VerbWords>& verbs) {
    std::string lines, cases;
    for (const VerbWords& verb : verbs) {
        lines += fmt::format("        '{}:{}'\n", verb.name, quotable(verb.description));
        cases += fmt::format("        {}) options=({}) ;;\n", verb.name, joined(verb.options));
    }
    return fmt::format(zsh_frame, fmt::arg("verbs", lines), fmt::arg("cases", cases));
}

std::string fish_script(const std::vector<VerbWords>& verbs) {
    std::string text;
    for (const VerbWords& verb : verbs) {
        text += fmt::format("complete -c strait -n __fish_use_subcommand -a {} -d '{}'\n",
                            verb.name, quotable(verb.description));
        std::string here =
            fmt::format("complete -c strait -n '__fish_seen_subcommand_from {}'", verb.name);
        for (const std::string& option : verb.options) {
            if (option.starts_with("--")) {
                text += fmt::format("{} -l {}\n", here, option.substr(2));
            } else if (option.starts_with('-')) {
                text += fmt::format("{} -s {}\n", here, option.substr(1));
            } else {
                text += fmt::format("{} -a {}\n", here, option);
            }
        }
    }
    text +=
        "complete -c strait -n 'string match -q \"*:/*\" -- (commandline -ct)' "
        "-a '(strait ls --timeout 2 --complete (commandline -ct) 2>/dev/null)'\n";
    return text;
}

}  // namespace

std::string completion_script(std::string_view shell, const std::vector<VerbWords>& verbs) {
    if (shell == "bash") return bash_script(verbs);
    if (shell == "zsh") return zsh_script(verbs);
    return fish_script(verbs);
}

}  // namespace strait::tool
