// SPDX-License-Identifier: LGPL-2.1-or-later
#include "wire/xdr/print.h"

#include <fmt/format.h>

#include <iterator>

namespace strait::wire::xdr {

namespace {
constexpr size_t longest_text = 256;
constexpr size_t longest_hex = 32;
}  // namespace

void Printer::text(std::string_view verbatim) { out_ += verbatim; }
void Printer::number(uint64_t value) { fmt::format_to(std::back_inserter(out_), "{}", value); }
void Printer::signed_number(int64_t value) {
    fmt::format_to(std::back_inserter(out_), "{}", value);
}

// Control characters and bytes outside of ASCII are escaped: names come from peers and go to
// terminals.
void Printer::quoted(std::string_view text) {
    out_ += '"';
    for (char c : text.substr(0, longest_text)) {
        auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out_ += '\\';
            out_ += c;
        } else if (byte < 0x20 || byte >= 0x7f) {
            fmt::format_to(std::back_inserter(out_), "\\x{:02x}", byte);
        } else {
            out_ += c;
        }
    }
    out_ += '"';
    if (text.size() > longest_text)
        fmt::format_to(std::back_inserter(out_), "...({} bytes)", text.size());
}

void Printer::hex(Bytes bytes) {
    for (std::byte b : bytes.first(std::min(bytes.size(), longest_hex))) {
        out_ += "0123456789abcdef"[static_cast<unsigned>(b) >> 4];
        out_ += "0123456789abcdef"[static_cast<unsigned>(b) & 15];
    }
    if (bytes.empty()) out_ += "-";
    if (bytes.size() > longest_hex)
        fmt::format_to(std::back_inserter(out_), "...({} bytes)", bytes.size());
}

void Printer::payload(size_t bytes) {
    fmt::format_to(std::back_inserter(out_), "<{} bytes>", bytes);
}

void Printer::open(char bracket) {
    out_ += bracket;
    first_ = true;
}

void Printer::close(char bracket) {
    if (full()) out_ += "...";
    out_ += bracket;
    first_ = false;
}

void Printer::next_item() {
    if (!first_) out_ += ", ";
    first_ = false;
}

void Printer::name(std::string_view name) {
    next_item();
    out_ += name;
    out_ += '=';
}

}  // namespace strait::wire::xdr
