#include "tests/support/memory_store.h"

#include <memory>

#include "tests/support/store_contract.h"

namespace passerelle::testing {

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         ::testing::Values(StoreFactory([] { return std::make_unique<MemoryStore>(); })));

}  // namespace passerelle::testing
