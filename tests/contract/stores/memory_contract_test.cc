// SPDX-License-Identifier: LGPL-2.1-or-later
#include "backend/memory/memory.h"
#include "tests/contract/contract.h"

namespace strait::contract {

INSTANTIATE_TEST_SUITE_P(Memory, BackendContract,
                         testing::Values(Param{
                             "step", over_store([] { return *backend::make_memory_store(""); })}),
                         param_name);

}  // namespace strait::contract
