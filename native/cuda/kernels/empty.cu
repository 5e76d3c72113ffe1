#include "device.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

__global__ void do_nothing() {}

void empty(void* stream, const float*, int64_t, int64_t) { launch(do_nothing, 1, warp, 0, stream); }

}
