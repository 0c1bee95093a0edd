// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// The C++ API of Strait, C++20:
//
//   strait::Co<> hello(strait::Context& context) {
//       auto file = co_await context.open("nfs://nas/export/a/b");
//       if (!file) { puts(file.error().text.c_str()); co_return; }
//       auto data = co_await file->read(4096);
//       ...
//   }
//   auto context = strait::Context::create();
//   context->run(hello(*context));

#include "asyncapi/context.h"
