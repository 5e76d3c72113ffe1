#include "formula/lion.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void lion_step(
    void* stream, int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum, const float* grad_factor, int64_t begin, int64_t end,
    double learning_rate, double beta1, double beta2, double weight_decay, double grad_scale) {
    elementwise(
        stream, begin, end, Lion(learning_rate, beta1, beta2, weight_decay), Weights{weights_type, weights, master},
        ReadScaled{gradients_type, gradients, grad_scale, grad_factor}, ReadWrite{state_type, momentum});
}

}

void basin_cuda_lion_step_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, const float* grad_factor,
    double learning_rate, double beta1, double beta2, double weight_decay, double grad_scale) {
    using namespace basin;
    elementwise_many(
        stream, {table, rows, blocks}, Lion(learning_rate, beta1, beta2, weight_decay), WeightsColumn{0, 1, 2},
        ScaledColumn{3, 4, grad_scale, grad_factor}, Column<ReadWrite>{5, 6});
}
