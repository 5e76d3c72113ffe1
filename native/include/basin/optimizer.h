// Optimizer steps, in place, over the elements [begin, end) of one tensor.
//
// Common to all functions here:
//   *_type         storage type (basin/types.h): f32 so far
//   gradients      multiplied by grad_scale, and by grad_factor (one f32 in the backend's memory, or null = 1),
//                  as they are read: g = grad_scale * grad_factor * gradients
//   learning_rate  and every other hyper-parameter crosses as double; what depends on them is folded once a call
//   A NaN gradient makes its own element NaN and no other.
#ifndef BASIN_OPTIMIZER_H
#define BASIN_OPTIMIZER_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// AdamW (Loshchilov and Hutter, arXiv 1711.05101), step counted from 1:
//   m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g^2
//   w = w (1 - learning_rate weight_decay)
//       - learning_rate (m / (1 - beta1^step)) / (sqrt(v / (1 - beta2^step)) + epsilon)
BASIN_EXPORT void basin_adamw_step(
    int32_t weights_type, void* weights, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* first_moment, void* second_moment,
    const float* grad_factor,
    int64_t begin, int64_t end,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, double grad_scale,
    int64_t step);

// Lion (Chen et al., arXiv 2302.06675, algorithm 2), sign(0) = 0 and sign(NaN) = NaN:
//   u = beta1 m + (1 - beta1) g;  w = w (1 - learning_rate weight_decay) - learning_rate sign(u)
//   m = beta2 m + (1 - beta2) g
BASIN_EXPORT void basin_lion_step(
    int32_t weights_type, void* weights, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum,
    const float* grad_factor,
    int64_t begin, int64_t end,
    double learning_rate, double beta1, double beta2, double weight_decay, double grad_scale);

// SGD with momentum as PyTorch has it, step counted from 1, momentum_buffer null if momentum is 0:
//   d = g + weight_decay w;  buffer = d at step 1, else momentum buffer + (1 - dampening) d
//   w = w - learning_rate (nesterov ? d + momentum buffer : buffer)
BASIN_EXPORT void basin_sgd_momentum_step(
    int32_t weights_type, void* weights, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum_buffer,
    const float* grad_factor,
    int64_t begin, int64_t end,
    double learning_rate, double momentum, double dampening, int32_t nesterov, double weight_decay, double grad_scale,
    int64_t step);

// Sums of squares by blocks of 65536 elements, partials[b] for the elements from 65536 b, accumulated in f64 so that
// no f32 overflows. Added up in the order of the blocks they are the squared norm, whatever the threads.
BASIN_EXPORT void basin_squared_norm(
    int32_t values_type, const void* values, double* partials, int64_t block_begin, int64_t block_end, int64_t elements);

#ifdef __cplusplus
}
#endif

#endif
