// SPDX-License-Identifier: LGPL-2.1-or-later
extern "C" int answer() { return 42; }
