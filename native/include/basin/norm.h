// Normalisation over rows of activations, forward and backward, alone and fused with the residual add; a stride is the
// distance between rows, in elements. Formulas are for one row.
//
// Common to the norms:
//   x_type       storage type (basin/types.h) of the residual stream: x, residual_out and the gradients by them
//   y_type       that of branch, y and grad_y; both f32 or bf16. Arithmetic is f32, sums over a row are f64.
//   branch, residual_out   both or neither null: residual_out = x + branch, and the norm is that of residual_out as stored
//   gamma, beta  [width], f32 or bf16, each null for 1 and 0
//   mean, sum, rstd        [rows], f32, null where forward need not keep them; backward needs them
//   y            may be x or branch, residual_out too, but they may not be one another
//   A NaN or an infinity spoils its own row, and the parameters' gradients.
//
// Backward, with g = gamma grad_y, writes grad_x and for each block of 32 rows, which is what its range counts,
//   gamma_partials = sum of grad_y xh over the block's rows,  beta_partials = sum of grad_y;  [blocks, width], or null
// grad_residual_out, or null for 0, is the gradient that reaches residual_out past the norm. grad_x may be any of the
// tensors of rows. A mean in f32 is too coarse for rows whose mean exceeds their deviation by far: it is corrected from x.
#ifndef BASIN_NORM_H
#define BASIN_NORM_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// Layer normalisation (Ba, Kiros and Hinton, arXiv 1607.06450): with m = mean x,
//   rstd = 1 / sqrt(mean (x - m)^2 + epsilon);  xh = (x - m) rstd;  y = gamma xh + beta
// The variance is taken about the mean, in double.
BASIN_EXPORT void basin_layer_norm_forward(
    int32_t x_type, const void* x, int64_t x_stride, int32_t y_type, const void* branch, int64_t branch_stride,
    void* residual_out, int64_t residual_out_stride, int32_t parameters_type, const void* gamma, const void* beta,
    void* y, int64_t y_stride, int32_t statistics_type, void* mean, void* rstd, int64_t row_begin, int64_t row_end,
    int64_t width, double epsilon);

//   grad_x = rstd (g - mean g - xh mean(g xh)) + grad_residual_out
BASIN_EXPORT void basin_layer_norm_backward(
    int32_t y_type, const void* grad_y, int64_t grad_y_stride, int32_t x_type, const void* grad_residual_out,
    int64_t grad_residual_out_stride, const void* x, int64_t x_stride, int32_t statistics_type, const void* mean,
    const void* rstd, int32_t parameters_type, const void* gamma, void* grad_x, int64_t grad_x_stride,
    int32_t partials_type, void* gamma_partials, void* beta_partials, int64_t block_begin, int64_t block_end,
    int64_t rows, int64_t width);

// Root mean square normalisation (Zhang and Sennrich, arXiv 1910.07467):
//   rstd = 1 / sqrt(mean x^2 + epsilon);  xh = x rstd;  y = gamma xh
BASIN_EXPORT void basin_rms_norm_forward(
    int32_t x_type, const void* x, int64_t x_stride, int32_t y_type, const void* branch, int64_t branch_stride,
    void* residual_out, int64_t residual_out_stride, int32_t parameters_type, const void* gamma, void* y,
    int64_t y_stride, int32_t statistics_type, void* rstd, int64_t row_begin, int64_t row_end, int64_t width,
    double epsilon);

//   grad_x = rstd (g - xh mean(g xh)) + grad_residual_out
BASIN_EXPORT void basin_rms_norm_backward(
    int32_t y_type, const void* grad_y, int64_t grad_y_stride, int32_t x_type, const void* grad_residual_out,
    int64_t grad_residual_out_stride, const void* x, int64_t x_stride, int32_t statistics_type, const void* rstd,
    int32_t parameters_type, const void* gamma, void* grad_x, int64_t grad_x_stride, int32_t partials_type,
    void* gamma_partials, int64_t block_begin, int64_t block_end, int64_t rows, int64_t width);

// Compressed root mean square normalisation (Jiang et al., arXiv 2305.14858, section 3.3): x is a row of mean 0 and of
// d = width + 1 entries without its last entry, which is minus their sum s:
//   rstd = 1 / sqrt((sum x^2 + s^2) / d + epsilon);  xh = x rstd;  y = gamma xh
BASIN_EXPORT void basin_crms_norm_forward(
    int32_t x_type, const void* x, int64_t x_stride, int32_t y_type, const void* branch, int64_t branch_stride,
    void* residual_out, int64_t residual_out_stride, int32_t parameters_type, const void* gamma, void* y,
    int64_t y_stride, int32_t statistics_type, void* sum, void* rstd, int64_t row_begin, int64_t row_end,
    int64_t width, double epsilon);

//   grad_x = rstd (g - (xh + rstd s) (sum g xh) / d) + grad_residual_out
BASIN_EXPORT void basin_crms_norm_backward(
    int32_t y_type, const void* grad_y, int64_t grad_y_stride, int32_t x_type, const void* grad_residual_out,
    int64_t grad_residual_out_stride, const void* x, int64_t x_stride, int32_t statistics_type, const void* sum,
    const void* rstd, int32_t parameters_type, const void* gamma, void* grad_x, int64_t grad_x_stride,
    int32_t partials_type, void* gamma_partials, int64_t block_begin, int64_t block_end, int64_t rows,
    int64_t width);

// The second half of a parameter's gradient: adds up its partials over the blocks, in order and in double.
//   partials     [blocks, columns];  gradient [columns], f32 or bf16
//   accumulate   1 to add to the gradient that is there, 0 to store
BASIN_EXPORT void basin_sum_row_blocks(
    int32_t partials_type, const void* partials, int64_t partials_stride, int32_t gradient_type, void* gradient,
    int64_t column_begin, int64_t column_end, int64_t blocks, int32_t accumulate);

// y = x - mean x, for each row; y may be x. It is its own backward pass. Both of one type, f32 or bf16.
BASIN_EXPORT void basin_recenter_rows(
    int32_t type, const void* x, int64_t x_stride, void* y, int64_t y_stride, int64_t row_begin, int64_t row_end,
    int64_t width);

// Rows of mean 0 and their compressed form, of one type, f32 or bf16: x [rows, width + 1], z [rows, width].
//   expand:    x = [z, -sum z];               backward: grad_z = grad_x without its last entry - that entry
//   compress:  z = x without its last entry;  backward: grad_x = [grad_z, 0]
BASIN_EXPORT void basin_expand_zero_mean(
    int32_t type, const void* z, int64_t z_stride, void* x, int64_t x_stride, int64_t row_begin, int64_t row_end,
    int64_t width);

BASIN_EXPORT void basin_expand_zero_mean_backward(
    int32_t type, const void* grad_x, int64_t grad_x_stride, void* grad_z, int64_t grad_z_stride, int64_t row_begin,
    int64_t row_end, int64_t width);

BASIN_EXPORT void basin_compress_zero_mean(
    int32_t type, const void* x, int64_t x_stride, void* z, int64_t z_stride, int64_t row_begin, int64_t row_end,
    int64_t width);

BASIN_EXPORT void basin_compress_zero_mean_backward(
    int32_t type, const void* grad_z, int64_t grad_z_stride, void* grad_x, int64_t grad_x_stride, int64_t row_begin,
    int64_t row_end, int64_t width);

#ifdef __cplusplus
}
#endif

#endif
