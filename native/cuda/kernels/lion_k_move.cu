#include "formula/lion_k.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void lion_k_move(
    void* stream, int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum, int32_t directions_type, const void* directions,
    const float* grad_factor, int64_t begin, int64_t end,
    double learning_rate, double beta2, double weight_decay, double grad_scale) {
    elementwise(
        stream, begin, end, LionMove{Lion(learning_rate, 0.0, beta2, weight_decay)},
        Weights{weights_type, weights, master}, ReadScaled{gradients_type, gradients, grad_scale, grad_factor},
        ReadWrite{state_type, momentum}, Read{directions_type, directions});
}

}
