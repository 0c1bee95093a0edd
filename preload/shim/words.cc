// SPDX-License-Identifier: LGPL-2.1-or-later
// glob(3) and wordexp(3): libc's own, made to look into folders through the shim.

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "preload/shim/ours.h"

namespace strait::preload {

namespace {

// A copy of the words with quoted *, ? and [ as bytes that no pattern knows; they come back after
// the folders were looked into. libc's wordexp(3) looks into the kernel's folders only, finds
// nothing there and leaves a pattern as it was.
constexpr char patterns[] = "*?[", marks[] = "\1\2\3";

char* hide_quoted(const char* words) noexcept {
    char* copy = strdup(words);
    char quote = 0;
    for (char* at = copy; copy && *at; ++at) {
        const char* found = strchr(patterns, *at);
        if (quote && *at == quote) {
            quote = 0;
        } else if (quote && found) {
            *at = marks[found - patterns];
        } else if (!quote && (*at == '\'' || *at == '"')) {
            quote = *at;
        } else if (*at == '\\' && quote != '\'' && at[1]) {
            found = strchr(patterns, *++at);
            if (found && !quote) *at = marks[found - patterns];
        }
    }
    return copy;
}

void show_hidden(char* word) noexcept {
    for (; *word; ++word)
        if (const char* found = strchr(marks, *word)) *word = patterns[found - marks];
}

// A list as wordexp(3) hands it out: the words, a null.
struct List {
    char** words;
    size_t count, room;
    bool add(char* word) noexcept {
        if (!word) return false;
        if (count + 2 > room) {
            size_t more = room * 2 + 16;
            auto** grown = static_cast<char**>(realloc(words, more * sizeof(char*)));
            if (!grown) return false;
            words = grown;
            room = more;
        }
        words[count++] = word;
        words[count] = nullptr;
        return true;
    }
};

bool add_found(List& list, char* word) noexcept {
    glob_t found{};
    bool pattern = strpbrk(word, patterns) && maybe_ours(AT_FDCWD, word);
    if (!pattern || shim_glob(word, 0, nullptr, &found) != 0 || found.gl_pathc == 0) {
        show_hidden(word);
        return list.add(word);
    }
    bool well = true;
    for (size_t i = 0; i < found.gl_pathc && well; ++i) well = list.add(strdup(found.gl_pathv[i]));
    globfree(&found);
    free(word);
    return well;
}

bool mentions_prefix(const char* words) noexcept {
    if (settings.cwd[0]) return true;
    for (size_t i = 0; i < settings.prefix_count; ++i)
        if (memmem(words, strlen(words), settings.prefixes[i].text, settings.prefixes[i].size))
            return true;
    return false;
}

}  // namespace

// libc calls back by pointer, where its own calls would not pass the shim.
int shim_glob(const char* pattern, int flags, int (*on_error)(const char*, int), glob_t* out) {
    if ((flags & GLOB_ALTDIRFUNC) || settings.prefix_count == 0)
        return real.glob(pattern, flags, on_error, out);
    out->gl_opendir = [](const char* path) -> void* { return opendir(path); };
    out->gl_readdir = [](void* stream) { return readdir(static_cast<DIR*>(stream)); };
    out->gl_closedir = [](void* stream) { closedir(static_cast<DIR*>(stream)); };
    out->gl_stat = [](const char* path, struct stat* s) { return stat(path, s); };
    out->gl_lstat = [](const char* path, struct stat* s) { return lstat(path, s); };
    int result = real.glob(pattern, flags | GLOB_ALTDIRFUNC, on_error, out);
    out->gl_flags &= ~GLOB_ALTDIRFUNC;
    return result;
}

int shim_wordexp(const char* words, wordexp_t* out, int flags) {
    constexpr int simple = WRDE_NOCMD | WRDE_SHOWERR | WRDE_UNDEF;
    if (settings.prefix_count == 0 || (flags & ~simple) || !mentions_prefix(words) ||
        strpbrk(words, marks))
        return real.wordexp(words, out, flags);
    char* hidden = hide_quoted(words);
    if (!hidden) return WRDE_NOSPACE;
    int result = real.wordexp(hidden, out, flags);
    free(hidden);
    if (result != 0) return result;
    List list{};
    bool well = true;
    for (size_t i = 0; i < out->we_wordc && well; ++i) well = add_found(list, out->we_wordv[i]);
    if (!well) return WRDE_NOSPACE;
    if (out->we_wordc == 0) return 0;
    free(out->we_wordv);
    out->we_wordv = list.words;
    out->we_wordc = list.count;
    return 0;
}

}  // namespace strait::preload
