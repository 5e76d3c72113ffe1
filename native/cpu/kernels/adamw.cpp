#include "formula/adamw.h"

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void adamw_step(
    int32_t, void* weights, int32_t, const void* gradients, int32_t, void* first_moment, void* second_moment,
    const float* grad_factor, int64_t begin, int64_t end,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, double grad_scale,
    int64_t step) {
    elementwise(
        begin, end, AdamW(learning_rate, beta1, beta2, epsilon, weight_decay, step),
        ReadWrite{static_cast<float*>(weights)},
        ReadScaled{static_cast<const float*>(gradients), float(folded(grad_scale, grad_factor))},
        ReadWrite{static_cast<float*>(first_moment)}, ReadWrite{static_cast<float*>(second_moment)});
}

}
