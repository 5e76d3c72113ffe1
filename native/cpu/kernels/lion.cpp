#include "formula/lion.h"

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void lion_step(
    int32_t, void* weights, int32_t, const void* gradients, int32_t, void* momentum,
    const float* grad_factor, int64_t begin, int64_t end,
    double learning_rate, double beta1, double beta2, double weight_decay, double grad_scale) {
    elementwise(
        begin, end, Lion(learning_rate, beta1, beta2, weight_decay),
        ReadWrite{static_cast<float*>(weights)},
        ReadScaled{static_cast<const float*>(gradients), float(folded(grad_scale, grad_factor))},
        ReadWrite{static_cast<float*>(momentum)});
}

}
