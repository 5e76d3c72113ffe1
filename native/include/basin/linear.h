// Linear classifiers of two classes, -1 and 1.
#ifndef BASIN_LINEAR_H
#define BASIN_LINEAR_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// What a step of gradient descent or of a perceptron is made of (Tyurin, arXiv 2412.08424), by blocks of 64 rows, each read once:
// with margins m = label <features, theta> in f64,
//   directions[b] = sum of weight label features over the block's rows
//   sums[b] = {sum of log(1 + e^-m), rows with m above 0, `largest`, sum of weights}
// By rule, weights are
//   0  e^(log s - largest), s = 1 / (1 + e^m) and `largest` the block's largest log s: they do not vanish together
//   1  1 where m is at most 0, else 0; `largest` is the first such row, or -1
//   2  1; `largest` is as for 1
// A NaN margin counts as at most 0, and spoils directions.
BASIN_EXPORT void basin_linear_partials(
    int32_t features_type, const void* features, int64_t features_stride,   // [rows, columns], f32 or bf16
    const int32_t* labels,                                                  // [rows], -1 or 1
    int32_t theta_type, const void* theta,                                  // [columns], f32
    double* directions, double* sums,                                       // [blocks, columns], [blocks, 4]
    int64_t block_begin, int64_t block_end, int64_t rows, int64_t columns, int32_t rule);

#ifdef __cplusplus
}
#endif

#endif
