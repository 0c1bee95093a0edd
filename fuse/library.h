// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once
// libfuse's low-level interface, in the version that this room speaks.

#define FUSE_USE_VERSION 314
#include <fuse_lowlevel.h>
