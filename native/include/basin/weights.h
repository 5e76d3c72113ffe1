// Weights that are functions of what is trained, over rows [row_begin, row_end) of a matrix.
#ifndef BASIN_WEIGHTS_H
#define BASIN_WEIGHTS_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// The weight compander (Cakaj, Mehnert and Yang, arXiv 2306.16993): weights = a psi(values / b), a and b one f64 a row, above 0.
//   curve 0  arctan, the paper's      1  tanh      2  u / (1 + |u|)
// Storage types are f32 or bf16; arithmetic is f32. NaN stays in its element.
BASIN_EXPORT void basin_weight_compander(
    int32_t values_type, const void* values, int32_t weights_type, void* weights,   // [rows, columns]
    const double* a, const double* b,                                               // [rows]
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t curve);

// The way back: grad_values = grad_weights dweights/dvalues, and for each row in f64 the gradients by a and b. grad_values may be
// grad_weights.
BASIN_EXPORT void basin_weight_compander_backward(
    int32_t values_type, const void* values, int32_t grad_type, const void* grad_weights, void* grad_values,
    const double* a, const double* b, double* grad_a, double* grad_b,
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t curve);

// The values that have given weights, in f64 arithmetic; NaN where there are none.
BASIN_EXPORT void basin_weight_compander_inverse(
    int32_t weights_type, const void* weights, int32_t values_type, void* values,
    const double* a, const double* b,
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t curve);

#ifdef __cplusplus
}
#endif

#endif
