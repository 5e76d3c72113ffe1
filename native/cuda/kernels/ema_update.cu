#include "formula/ema.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void ema_update(
    void* stream, int32_t, void* average, int32_t weights_type, const void* weights, int64_t begin, int64_t end,
    double decay) {
    elementwise(stream, begin, end, Ema(decay), ReadWrite{BASIN_F32, average}, Read{weights_type, weights});
}

}
