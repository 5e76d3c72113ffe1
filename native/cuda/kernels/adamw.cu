#include "formula/adamw.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void adamw_step(
    void* stream, int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t first_moment_type, void* first_moment, int32_t second_moment_type, void* second_moment,
    const float* grad_factor, int64_t begin, int64_t end,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, double grad_scale,
    int64_t step) {
    elementwise(
        stream, begin, end, AdamW(learning_rate, beta1, beta2, epsilon, weight_decay, step),
        Weights{weights_type, weights, master}, ReadScaled{gradients_type, gradients, grad_scale, grad_factor},
        ReadWrite{first_moment_type, first_moment}, ReadWrite{second_moment_type, second_moment});
}

}

void basin_cuda_adamw_step_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, const float* grad_factor,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, double grad_scale, int64_t step) {
    using namespace basin;
    elementwise_many(
        stream, {table, rows, blocks}, AdamW(learning_rate, beta1, beta2, epsilon, weight_decay, step),
        WeightsColumn{0, 1, 2}, ScaledColumn{3, 4, grad_scale, grad_factor}, Column<ReadWrite>{5, 6}, Column<ReadWrite>{7, 8});
}
