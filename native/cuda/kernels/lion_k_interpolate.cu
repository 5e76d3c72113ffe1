#include "formula/lion_k.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void lion_k_interpolate(
    void* stream, int32_t gradients_type, const void* gradients, int32_t state_type, const void* momentum,
    int32_t directions_type, void* directions,
    const float* grad_factor, int64_t begin, int64_t end, double beta1, double grad_scale) {
    elementwise(
        stream, begin, end, LionInterpolation(beta1), ReadScaled{gradients_type, gradients, grad_scale, grad_factor},
        Read{state_type, momentum}, Write{directions_type, directions});
}

}
