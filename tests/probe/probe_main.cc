// SPDX-License-Identifier: LGPL-2.1-or-later
// probe URL: file operations at a test's word. Each line on stdin is one operation, answered by one
// line: "ok [RESULT]" or "error NAME". Paths are relative to the URL, words hold no spaces.
#include <fmt/format.h>

#include <charconv>
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <vector>

#include "tests/probe/volume.h"

namespace strait::probe {
namespace {

using Words = std::vector<std::string>;

constexpr const char* help = R"(probe URL, and on stdin:
  stat PATH                 "TYPE MODE SIZE LINKS"
  cat PATH COUNT            open, read at most COUNT from the start, close: what was read
  put PATH TEXT             open a new file, write, close
  list PATH                 open, read with attributes, close: how many entries ("." and ".." too)
  mkdir PATH, rmdir PATH, unlink PATH, rename PATH PATH, link PATH PATH
  open FILE PATH MODES      FILE names it from here on; MODES: r w c(reate) x(exclusive) a(ppend)
  read FILE OFFSET COUNT, write FILE OFFSET TEXT, append FILE TEXT, fsync FILE, close FILE
)";

std::string absolute(const std::string& path) {
    return path == "." ? mount_point : std::string(mount_point) + "/" + path;
}

uint64_t number(const std::string& word) {
    uint64_t value = 0;
    std::from_chars(word.data(), word.data() + word.size(), value);
    return value;
}

BufferChain data_of(const std::string& text) { return BufferChain(Buffer::copy_of(text)); }

std::string text_of(const BufferChain& data) { return std::string(data.flatten().text()); }

class Probe {
  public:
    explicit Probe(Volume& volume) : files_(volume.files()) {}

    // Errc::inval: no such operation, or not its words.
    Task<std::string> run(Words words);
    Task<> close_all();

  private:
    using Operation = Task<std::string> (Probe::*)(const Words&);
    struct Row {
        size_t words;
        Operation operation;
    };
    static const std::map<std::string, Row> operations;

    Task<std::string> stat(const Words& words);
    Task<std::string> cat(const Words& words);
    Task<std::string> put(const Words& words);
    Task<std::string> list(const Words& words);
    Task<std::string> mkdir(const Words& words);
    Task<std::string> rmdir(const Words& words);
    Task<std::string> unlink(const Words& words);
    Task<std::string> rename(const Words& words);
    Task<std::string> link(const Words& words);
    Task<std::string> open(const Words& words);
    Task<std::string> read(const Words& words);
    Task<std::string> write(const Words& words);
    Task<std::string> append(const Words& words);
    Task<std::string> fsync(const Words& words);
    Task<std::string> close(const Words& words);

    vfs::FileSystem& files_;
    std::map<std::string, vfs::OpenFileRef> open_;
};

const std::map<std::string, Probe::Row> Probe::operations{
    {"stat", {1, &Probe::stat}},     {"cat", {2, &Probe::cat}},       {"put", {2, &Probe::put}},
    {"list", {1, &Probe::list}},     {"mkdir", {1, &Probe::mkdir}},   {"rmdir", {1, &Probe::rmdir}},
    {"unlink", {1, &Probe::unlink}}, {"rename", {2, &Probe::rename}}, {"link", {2, &Probe::link}},
    {"open", {3, &Probe::open}},     {"read", {3, &Probe::read}},     {"write", {3, &Probe::write}},
    {"append", {2, &Probe::append}}, {"fsync", {1, &Probe::fsync}},   {"close", {1, &Probe::close}},
};

Task<std::string> Probe::run(Words words) {
    const auto row = operations.find(words[0]);
    if (row == operations.end() || words.size() != row->second.words + 1) {
        co_return Errc::inval;
    }
    co_return co_await (this->*row->second.operation)(words);
}

Task<std::string> Probe::stat(const Words& words) {
    const auto path = absolute(words[1]);
    vfs::Attributes found = co_await files_.stat(at(path));
    co_return fmt::format("{} {:o} {} {}", int(found.type), found.mode, found.size, found.nlink);
}

Task<std::string> Probe::cat(const Words& words) {
    const auto path = absolute(words[1]);
    vfs::OpenFileRef file = co_await files_.open(at(path), {});
    BufferChain data = co_await file->read(number(words[2]));
    co_await file->close();
    co_return text_of(data);
}

Task<std::string> Probe::put(const Words& words) {
    const auto path = absolute(words[1]);
    const vfs::OpenFlags flags{.access = vfs::OpenAccess::write, .create = true, .mode = 0644};
    vfs::OpenFileRef file = co_await files_.open(at(path), flags);
    co_await file->write(data_of(words[2]));
    co_await file->close();
    co_return "";
}

Task<std::string> Probe::list(const Words& words) {
    const auto path = absolute(words[1]);
    vfs::OpenFileRef folder = co_await files_.open(at(path), {.directory = true});
    uint64_t cookie = 0;
    size_t seen = 0;
    while (true) {
        vfs::ReadDir::Result storage;
        std::vector<vfs::DirEntry> entries = co_await folder->list(cookie, 128 << 10, storage);
        if (entries.empty()) {
            break;
        }
        seen += entries.size();
        cookie = entries.back().cookie;
        for (const auto& entry : entries) {
            if (entry.name == "." || entry.name == "..") {
                continue;
            }
            const auto name = path + "/" + std::string(entry.name);
            co_await files_.stat({.path = name, .follow = false});
        }
    }
    co_await folder->close();
    co_return fmt::to_string(seen);
}

Task<std::string> Probe::mkdir(const Words& words) {
    const auto path = absolute(words[1]);
    co_await files_.mkdir(at(path), 0755);
    co_return "";
}

Task<std::string> Probe::rmdir(const Words& words) {
    const auto path = absolute(words[1]);
    co_await files_.remove(at(path), vfs::RemoveKind::directory);
    co_return "";
}

Task<std::string> Probe::unlink(const Words& words) {
    const auto path = absolute(words[1]);
    co_await files_.remove(at(path), vfs::RemoveKind::file);
    co_return "";
}

Task<std::string> Probe::rename(const Words& words) {
    const auto from = absolute(words[1]), to = absolute(words[2]);
    co_await files_.rename(at(from), at(to));
    co_return "";
}

Task<std::string> Probe::link(const Words& words) {
    const auto from = absolute(words[1]), to = absolute(words[2]);
    co_await files_.link(at(from), at(to));
    co_return "";
}

Task<std::string> Probe::open(const Words& words) {
    const auto path = absolute(words[2]);
    const auto has = [&words](char mode) { return words[3].find(mode) != std::string::npos; };
    const bool reads = has('r'), writes = has('w') || has('a');
    const vfs::OpenFlags flags{.access = reads && writes ? vfs::OpenAccess::both
                                         : writes        ? vfs::OpenAccess::write
                                                         : vfs::OpenAccess::read,
                               .create = has('c') || has('x'),
                               .exclusive = has('x'),
                               .append = has('a'),
                               .mode = 0644};
    open_[words[1]] = co_await files_.open(at(path), flags);
    co_return "";
}

Task<std::string> Probe::read(const Words& words) {
    BufferChain data = co_await open_.at(words[1])->read_at(number(words[2]), number(words[3]));
    co_return text_of(data);
}

Task<std::string> Probe::write(const Words& words) {
    co_await open_.at(words[1])->write_at(number(words[2]), data_of(words[3]));
    co_return "";
}

Task<std::string> Probe::append(const Words& words) {
    co_await open_.at(words[1])->write(data_of(words[2]));
    co_return "";
}

Task<std::string> Probe::fsync(const Words& words) {
    co_await open_.at(words[1])->fsync(false);
    co_return "";
}

Task<std::string> Probe::close(const Words& words) {
    vfs::OpenFileRef file = std::move(open_.extract(words[1]).mapped());
    co_await file->close();
    co_return "";
}

Task<> Probe::close_all() {
    for (auto& [name, file] : open_) {
        co_await file->close();
    }
    open_.clear();
}

void serve(const std::string& url) {
    Volume volume(url);
    Probe probe(volume);
    std::string line;
    fmt::print("ready\n");
    std::fflush(stdout);
    while (std::getline(std::cin, line)) {
        std::istringstream stream(line);
        Words words;
        for (std::string word; stream >> word;) {
            words.push_back(word);
        }
        if (words.empty()) {
            continue;
        }
        const Result<std::string> outcome = volume.reactor().block_on(probe.run(std::move(words)));
        if (outcome) {
            fmt::print("ok {}\n", *outcome);
        } else {
            fmt::print("error {}\n", errc_name(outcome.error().code));
        }
        std::fflush(stdout);
    }
    volume.must(probe.close_all(), "close");
}

}  // namespace
}  // namespace strait::probe

int main(int argc, char** argv) {
    if (argc != 2 || argv[1][0] == '-') {
        fmt::print("{}", strait::probe::help);
        return argc == 2 ? 0 : 2;
    }
    strait::probe::serve(argv[1]);
    return 0;
}
