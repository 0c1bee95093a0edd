# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a shared library exports: names and versions out of its ELF .dynsym, read by hand."""
import struct

SHT_DYNAMIC, SHT_DYNSYM, SHT_VERDEF, SHT_VERSYM = 6, 11, 0x6FFFFFFD, 0x6FFFFFFF
UNDEFINED, ABSOLUTE, HIDDEN, DT_NEEDED = 0, 0xFFF1, 0x8000, 1


class Library:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:6] != b"\x7fELF\x02\x01":
            raise ValueError(f"{path}: not a little-endian 64-bit ELF file")
        start, = struct.unpack_from("<Q", self.data, 40)
        size, count = struct.unpack_from("<HH", self.data, 58)
        self.sections = [struct.unpack_from("<IIQQQQIIQQ", self.data, start + i * size)
                         for i in range(count)]

    def section(self, kind):
        return next((each for each in self.sections if each[1] == kind), None)

    def text(self, section, offset):
        begin = self.sections[section][4] + offset
        return self.data[begin:self.data.index(b"\0", begin)].decode()

    def version_names(self):
        names, section = {}, self.section(SHT_VERDEF)
        at = section[4] if section else None
        while at is not None:
            _, _, index, _, _, auxiliary, following = struct.unpack_from("<HHHHIII", self.data, at)
            name, = struct.unpack_from("<I", self.data, at + auxiliary)
            names[index] = self.text(section[6], name)
            at = at + following if following else None
        return names

    def symbols(self):
        """(name, where it is defined, its version's number) of each global one."""
        table, versions = self.section(SHT_DYNSYM), self.section(SHT_VERSYM)
        for i in range(table[5] // 24):
            name, info, _, where = struct.unpack_from("<IBBH", self.data, table[4] + i * 24)
            if info >> 4 == 0:
                continue
            version = 0
            if versions:
                version, = struct.unpack_from("<H", self.data, versions[4] + i * 2)
            yield self.text(table[6], name), where, version & ~HIDDEN

    def exports(self):
        """{name: {version, ...}} of functions and objects defined here."""
        known, names = self.version_names(), {}
        for name, where, version in self.symbols():
            if where not in (UNDEFINED, ABSOLUTE):
                names.setdefault(name, set()).add(known.get(version, ""))
        return names

    def imports(self):
        return [name for name, where, _ in self.symbols() if where == UNDEFINED]

    def needed(self):
        """The libraries it is linked to."""
        section = self.section(SHT_DYNAMIC)
        entries = struct.iter_unpack("<QQ", self.data[section[4]:section[4] + section[5]])
        return [self.text(section[6], value) for tag, value in entries if tag == DT_NEEDED]
