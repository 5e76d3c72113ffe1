#include "formula/ema.h"

#include "elementwise.h"
#include "kernels.h"
#include "row_call.h"

namespace basin::inline BASIN_ISA {

void ema_update(
    int32_t, void* average, int32_t weights_type, const void* weights, int64_t begin, int64_t end, double decay) {
    with_storage(weights_type, [&]<class W>(W) {
        elementwise(
            begin, end, Ema(decay), ReadWrite{static_cast<float*>(average)},
            Read{static_cast<const W*>(weights)});
    });
}

}
