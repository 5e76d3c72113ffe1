// AdamW's step with the drivers' planted mistake, as a library of its own: the guard pages must find it.
#include "kernels/adamw.cpp"

#include "basin/export.h"

extern "C" BASIN_EXPORT void basin_adamw_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t first_moment_type, void* first_moment, int32_t second_moment_type, void* second_moment,
    const float* grad_factor, int64_t begin, int64_t end,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, double grad_scale,
    int64_t step) {
    basin::adamw_step(
        weights_type, weights, master, gradients_type, gradients, first_moment_type, first_moment, second_moment_type,
        second_moment, grad_factor, begin, end, learning_rate, beta1, beta2, epsilon, weight_decay, grad_scale, step);
}
