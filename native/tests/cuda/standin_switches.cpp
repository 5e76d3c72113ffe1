// What tests change about the stand-in.
#include "basin/export.h"
#include "cuda_runtime.h"

extern "C" {

BASIN_EXPORT void basin_standin_seed(int64_t seed) { standin::options().seed = uint64_t(seed); }

// Leaves one of a block's barriers out, as if it had been forgotten; -1 for none.
BASIN_EXPORT void basin_standin_skip_barrier(int32_t number) { standin::options().skipped_barrier = number; }
}
