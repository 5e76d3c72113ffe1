// Kernels over many tensors in one launch: basin_cuda_<name>_many does for every row of a table what basin_cuda_<name> does for
// the tensors in it, to the same bits. The table lies in the device's memory, in words of 64 bits, one part behind the other:
//   block_rows   [blocks]           the row of each block. A row has a block for each so many of its elements, the last of which
//                                   may have fewer: 1024, or 65536 where a kernel leaves sums of blocks
//   elements     [rows]             of each row's tensors; may be 0
//   first_block  [rows]             the number of the row's first block
//   columns      [columns, rows]    the types and addresses that the kernel takes for each tensor, in its order; null stays null
// The other parameters are the kernel's, and the same for all rows. No two rows may share memory that is written to.
#ifndef BASIN_CUDA_TABLE_H
#define BASIN_CUDA_TABLE_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// Writes words of the host's memory into a table, in the order of the stream. They travel as parameters of launches, 500 at a
// time, and may change as soon as this returns; nothing is waited for.
BASIN_EXPORT void basin_cuda_table_write(void* stream, int64_t* to, const int64_t* words, int64_t count);

// Columns: weights_type, weights, master, gradients_type, gradients, first_moment_type, first_moment, second_moment_type,
// second_moment.
BASIN_EXPORT void basin_cuda_adamw_step_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, const float* grad_factor,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, double grad_scale, int64_t step);

// Columns: weights_type, weights, master, gradients_type, gradients, state_type, momentum.
BASIN_EXPORT void basin_cuda_lion_step_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, const float* grad_factor,
    double learning_rate, double beta1, double beta2, double weight_decay, double grad_scale);

// Columns as for Lion.
BASIN_EXPORT void basin_cuda_lion_k_step_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, const float* grad_factor,
    int32_t kind, double learning_rate, double beta1, double beta2, double weight_decay, double smoothing, double grad_scale);

// Columns: weights_type, weights, master, gradients_type, gradients, state_type, momentum_buffer. Without momentum, that is with
// one of 0, the buffers are not looked at.
BASIN_EXPORT void basin_cuda_sgd_momentum_step_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, const float* grad_factor,
    double learning_rate, double momentum, double dampening, int32_t nesterov, double weight_decay, double grad_scale,
    int64_t step);

// Columns: average_type, average, weights_type, weights.
BASIN_EXPORT void basin_cuda_ema_update_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, double decay);

// Columns: values_type, values. partials [blocks].
BASIN_EXPORT void basin_cuda_squared_norm_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, double* partials);

// Columns: weights_type, weights, gradients_type, gradients. partials [blocks].
BASIN_EXPORT void basin_cuda_sam_norm_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, double* partials, int32_t adaptive, double eta);

// Columns: weights_type, weights, saved_weights, gradients_type, gradients. saved: 1 if every row has saved_weights, 0 if none has.
BASIN_EXPORT void basin_cuda_sam_perturb_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, const double* norm, const float* grad_factor,
    int32_t saved, double rho, int32_t adaptive, double eta, double grad_scale);

// Columns: weights_type, weights, saved_weights, ascent_gradients_type, ascent_gradients; saved as above.
BASIN_EXPORT void basin_cuda_sam_restore_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, const double* norm, const float* ascent_factor,
    int32_t saved, double rho, int32_t adaptive, double eta, double ascent_scale);

#ifdef __cplusplus
}
#endif

#endif
