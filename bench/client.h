// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// What is measured: a client library that works on a folder laid out by run.py. Operations run in
// lanes, one at a time each; a client answers through Lanes::finished.

#include <cstdint>
#include <string>

namespace strait::bench {

inline constexpr uint64_t data_bytes = 64 << 20;  // of the file `data`
inline constexpr uint64_t out_bytes = 64 << 20;   // `out` is written round and round
inline constexpr uint64_t small_bytes = 4 << 10;
inline constexpr uint64_t large_bytes = 1 << 20;
inline constexpr unsigned deep_files = 1000;  // in deep_folder
inline constexpr unsigned most_lanes = 64;
inline constexpr const char* deep_folder = "a/b/c/d/e";

enum class Kind {
    read_4k,             // at a random aligned place of the open file `data`
    read_1m,             // the next MiB of `data`
    write_1m,            // the next MiB of `out`; the last of a round waits for fsync
    stat,                // of a file in the deep folder
    open_read_close,     // the same file's 4 KiB
    create,              // a new empty file
    create_write_close,  // a new file of 4 KiB
    list,                // the deep folder with attributes
};

class Lanes {
  public:
    virtual void finished(unsigned lane) = 0;

  protected:
    ~Lanes() = default;
};

// An operation that fails ends the program with a line on stderr: numbers of failures are no use.
class Client {
  public:
    virtual ~Client() = default;
    // Before the first operation of a round of `create` kinds: their folder, made here.
    virtual void new_folder(const std::string& name) = 0;
    virtual void start(Kind kind, uint64_t index, unsigned lane, Lanes& lanes) = 0;
    // Returns after at least one started operation has moved on.
    virtual void wait() = 0;
    // After the last write_1m of a round.
    virtual void sync() = 0;
    // Fills an empty export with what run.py lays out in a folder.
    virtual void lay_out() = 0;
};

// "f0042": the file of operation `index` in the deep folder.
std::string deep_path(uint64_t index);
// An aligned offset in `data`, scattered by `index`.
uint64_t random_offset(uint64_t index);
[[noreturn]] void give_up(const std::string& what);

}  // namespace strait::bench
