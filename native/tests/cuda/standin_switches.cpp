// What tests change about the stand-in.
#include <cstdlib>

#include "basin/export.h"
#include "cuda_runtime.h"

namespace {

// For tests that know of no stand-in, and are to meet the drivers of rows that no block keeps at sizes that it can run.
[[maybe_unused]] const bool shared_memory_is_set = [] {
    const char* const bytes = std::getenv("BASIN_STANDIN_SHARED_BYTES");
    if (bytes != nullptr) standin::options().most_shared_bytes = size_t(std::strtoull(bytes, nullptr, 10));
    return bytes != nullptr;
}();

// For tests of what is said where there is no device.
[[maybe_unused]] const bool is_without_driver = [] {
    standin::options().without_driver = std::getenv("BASIN_STANDIN_WITHOUT_DRIVER") != nullptr;
    return standin::options().without_driver;
}();

}

extern "C" {

BASIN_EXPORT void basin_standin_seed(int64_t seed) { standin::options().seed = uint64_t(seed); }

// Leaves one of a block's barriers out, as if it had been forgotten; -1 for none.
BASIN_EXPORT void basin_standin_skip_barrier(int32_t number) { standin::options().skipped_barrier = number; }

// How many kernels have been launched.
BASIN_EXPORT int64_t basin_standin_launches(void) { return standin::launches(); }

// How much shared memory a block may have.
BASIN_EXPORT void basin_standin_shared_memory(int64_t bytes) { standin::options().most_shared_bytes = size_t(bytes); }

}
