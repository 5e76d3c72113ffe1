#include "formula/sgd_momentum.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void sgd_momentum_step(
    void* stream, int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t, void* momentum_buffer, const float* grad_factor, int64_t begin, int64_t end,
    double learning_rate, double momentum, double dampening, int32_t nesterov, double weight_decay, double grad_scale,
    int64_t step) {
    const SgdMomentum formula(learning_rate, momentum, dampening, nesterov != 0, weight_decay, step == 1);
    const Weights w{weights_type, weights, master};
    const ReadScaled g{gradients_type, gradients, grad_scale, grad_factor};
    if (momentum_buffer == nullptr) {
        elementwise(stream, begin, end, formula, w, g);
    } else {
        elementwise(stream, begin, end, formula, w, g, ReadWrite{BASIN_F32, momentum_buffer});
    }
}

}

void basin_cuda_sgd_momentum_step_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, const float* grad_factor,
    double learning_rate, double momentum, double dampening, int32_t nesterov, double weight_decay, double grad_scale,
    int64_t step) {
    using namespace basin;
    const SgdMomentum formula(learning_rate, momentum, dampening, nesterov != 0, weight_decay, step == 1);
    const TensorTable tensors{table, rows, blocks};
    const WeightsColumn w{0, 1, 2};
    const ScaledColumn g{3, 4, grad_scale, grad_factor};
    if (momentum == 0.0) {
        elementwise_many(stream, tensors, formula, w, g);
    } else {
        elementwise_many(stream, tensors, formula, w, g, Column<ReadWrite>{5, 6});
    }
}
