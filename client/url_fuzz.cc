// SPDX-License-Identifier: LGPL-2.1-or-later
// Any text is parsed or refused; what was accepted reads back from its own text as the same URL.
#include <cstdlib>

#include "client/options.h"
#include "client/url.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace strait::client;
    auto url = parse_url({reinterpret_cast<const char*>(data), size});
    if (!url) return 0;
    url->user.clear();
    auto again = parse_url(to_text(*url));
    if (!again || !(*again == *url)) std::abort();
    (void)parse_options(*url);
    return 0;
}
