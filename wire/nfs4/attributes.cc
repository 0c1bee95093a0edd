// SPDX-License-Identifier: LGPL-2.1-or-later
// The attributes' codec: the list in attributes.h, walked in rising order, only what the mask
// names.
#include "wire/nfs4/attributes.h"

#include "wire/xdr/codec.h"

namespace strait::wire::nfs4 {

namespace {

bool get_value(xdr::Reader& in, uint32_t number, Attributes4& out) {
    switch (number) {
#define X(name, number, field, type_) \
    case number:                      \
        return xdr::get(in, out.field);
        STRAIT_FATTR4_LIST(X)
#undef X
    }
    return false;
}

template <class Sink>
void put_values(Sink& out, const Attributes4& from) {
    from.mask.for_each([&](uint32_t number) {
        switch (number) {
#define X(name, number, field, type_) \
    case number:                      \
        xdr::put(out, from.field);    \
        break;
            STRAIT_FATTR4_LIST(X)
#undef X
            default:
                assert(false && "attribute without a codec");
        }
    });
}

size_t values_size(const Attributes4& from) {
    xdr::Sizer sizer;
    put_values(sizer, from);
    return sizer.size();
}

void show_values(xdr::Printer& out, const Attributes4& from) {
    from.mask.for_each([&](uint32_t number) {
        if (out.full()) return;
        out.name(attribute_name(number));
        switch (number) {
#define X(name, number, field, type_) \
    case number:                      \
        xdr::show(out, from.field);   \
        break;
            STRAIT_FATTR4_LIST(X)
#undef X
        }
    });
}

void make_values(xdr::Generator& from, Attributes4& out) {
    out.mask.for_each([&](uint32_t number) {
        switch (number) {
#define X(name, number, field, type_) \
    case number:                      \
        xdr::make(from, out.field);   \
        break;
            STRAIT_FATTR4_LIST(X)
#undef X
        }
    });
}

AttributesRead decode_values(const fattr4& from, Attributes4& out) {
    if (from.attrmask.beyond || !(from.attrmask - known_attributes()).empty())
        return AttributesRead::unknown;
    xdr::Reader in(from.attr_vals);
    bool good = true;
    from.attrmask.for_each([&](uint32_t number) { good = good && get_value(in, number, out); });
    return good && in.finish() ? AttributesRead::ok : AttributesRead::malformed;
}

}  // namespace

bitmap4 known_attributes() {
    static constexpr bitmap4 all = {
#define X(name, number, field, type_) number,
        STRAIT_FATTR4_LIST(X)
#undef X
    };
    return all;
}

std::string_view attribute_name(uint32_t number) {
    switch (number) {
#define X(name, number, field, type_) \
    case number:                      \
        return #field;
        STRAIT_FATTR4_LIST(X)
#undef X
    }
    return "?";
}

AttributesRead decode_attributes(const fattr4& from, Attributes4& out) {
    if (from.source != nullptr) {
        out = *from.source;
        return AttributesRead::ok;
    }
    AttributesRead how = decode_values(from, out);
    out.mask = how == AttributesRead::ok ? from.attrmask : bitmap4{};
    return how;
}

bool read(xdr::Reader& in, fattr4& value) {
    value.source = nullptr;
    return read(in, value.attrmask) && xdr::get(in, value.attr_vals);
}

void write(xdr::Writer& out, const fattr4& value) {
    write(out, value.attrmask);
    if (value.source == nullptr) {
        out.opaque(value.attr_vals);
        return;
    }
    xdr::Writer::Slot length = out.slot();
    size_t before = out.size();
    put_values(out, *value.source);
    out.set(length, static_cast<uint32_t>(out.size() - before));
}

size_t encoded_size(const fattr4& value) {
    size_t values = value.source ? values_size(*value.source) : value.attr_vals.size();
    return encoded_size(value.attrmask) + 4 + values + xdr::padding_of(values);
}

void print(xdr::Printer& out, const fattr4& value) {
    out.open('{');
    Attributes4 decoded;
    const Attributes4* values = value.source;
    if (values == nullptr && decode_attributes(value, decoded) == AttributesRead::ok)
        values = &decoded;
    if (values != nullptr) {
        show_values(out, *values);
    } else {
        out.name("attrmask");
        print(out, value.attrmask);
        out.name("attr_vals");
        out.hex(value.attr_vals);
    }
    out.close('}');
}

void generate(xdr::Generator& from, fattr4& value) {
    auto& values = from.keep<Attributes4>();
    uint32_t count = from.below(12);
    for (uint32_t i = 0; i < count; i++) values.mask.set(from.below(FATTR4_END));
    make_values(from, values);
    value = fattr4::of(values);
}

}  // namespace strait::wire::nfs4
