// SPDX-License-Identifier: LGPL-2.1-or-later
// Record marking: the records of a stream do not depend on how it was cut into received pieces.
#include <cstdlib>
#include <string>
#include <vector>

#include "wire/rpc/record.h"

using namespace strait;

namespace {

struct Outcome {
    std::vector<std::string> records;
    Errc error = Errc::ok;
    bool in_record = false;
    bool operator==(const Outcome&) const = default;
};

Outcome parse(Bytes stream, size_t piece) {
    wire::rpc::RecordParser parser(4096);
    Outcome outcome;
    while (!stream.empty() && outcome.error == Errc::ok) {
        size_t here = std::min(piece, stream.size());
        parser.feed(Buffer::copy_of(stream.first(here)));
        stream = stream.subspan(here);
        while (true) {
            auto record = parser.next();
            if (!record) outcome.error = record.error().code;
            if (!record || !*record) break;
            if ((*record)->size() > 4096) abort();
            outcome.records.emplace_back((*record)->flatten().text());
        }
    }
    outcome.in_record = outcome.error == Errc::ok && parser.in_record();
    return outcome;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size < 1) return 0;
    Bytes stream{reinterpret_cast<const std::byte*>(data + 1), size - 1};
    if (!(parse(stream, size) == parse(stream, 1 + data[0] % 19))) abort();
    return 0;
}
