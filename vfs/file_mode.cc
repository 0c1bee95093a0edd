// SPDX-License-Identifier: LGPL-2.1-or-later
#include "vfs/file_mode.h"

#include <sys/stat.h>

namespace strait::vfs {

FileType type_of(uint32_t mode) noexcept {
    switch (mode & S_IFMT) {
        case S_IFREG:
            return FileType::regular;
        case S_IFDIR:
            return FileType::directory;
        case S_IFLNK:
            return FileType::symlink;
        case S_IFBLK:
            return FileType::block;
        case S_IFCHR:
            return FileType::character;
        case S_IFIFO:
            return FileType::fifo;
        case S_IFSOCK:
            return FileType::socket;
        default:
            return FileType::none;
    }
}

uint32_t type_bits(FileType type) noexcept {
    switch (type) {
        case FileType::none:
            return 0;
        case FileType::regular:
            return S_IFREG;
        case FileType::directory:
            return S_IFDIR;
        case FileType::symlink:
            return S_IFLNK;
        case FileType::block:
            return S_IFBLK;
        case FileType::character:
            return S_IFCHR;
        case FileType::fifo:
            return S_IFIFO;
        case FileType::socket:
            return S_IFSOCK;
    }
    return 0;
}

}  // namespace strait::vfs
