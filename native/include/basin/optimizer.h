// Optimizer steps, in place, over the elements [begin, end) of one tensor.
//
// Common to all functions here:
//   *_type         storage type (basin/types.h), f32 or bf16, unless a function says otherwise; arithmetic is f32
//   master         null, or the weights in f32: then these are updated, and weights is their copy, rounded to nearest
//                  even, whose old content does not count. bf16 weights without a master are rounded in place: a step
//                  below half a unit in their last place, 2^-9 of a weight or less, is lost
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
// A bf16 second moment cannot decay by less than half a unit in its last place, 2^-9 to 2^-8 of it: with beta2 = 0.999
// it grows and never shrinks. Give it beta2 <= 0.99, or keep it in f32.
BASIN_EXPORT void basin_adamw_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t first_moment_type, void* first_moment, int32_t second_moment_type, void* second_moment,
    const float* grad_factor,
    int64_t begin, int64_t end,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, double grad_scale,
    int64_t step);

// Lion (Chen et al., arXiv 2302.06675, algorithm 2), sign(0) = 0 and sign(NaN) = NaN:
//   u = beta1 m + (1 - beta1) g;  w = w (1 - learning_rate weight_decay) - learning_rate sign(u)
//   m = beta2 m + (1 - beta2) g
BASIN_EXPORT void basin_lion_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum,
    const float* grad_factor,
    int64_t begin, int64_t end,
    double learning_rate, double beta1, double beta2, double weight_decay, double grad_scale);

// Lion-K (Chen et al., arXiv 2310.05898), with the gradient K' of a convex function in the sign's place:
//   u = beta1 m + (1 - beta1) g;  w = w (1 - learning_rate weight_decay) - learning_rate K'(u);  m = beta2 m + (1 - beta2) g
// For K that are sums over elements, in one pass; e is smoothing, above 0, without a meaning for kinds 0 and 6:
//   0  |z|, which is Lion      1  max(|z| - e, 0)      2  z^2 / 2e up to e, |z| - e / 2 beyond      3  sqrt(z^2 + e^2)
//   4  e log cosh(z / e)       5  |z| - e log(1 + |z| / e)      6  z^2 / 2
BASIN_EXPORT void basin_lion_k_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum,
    const float* grad_factor,
    int64_t begin, int64_t end,
    int32_t kind, double learning_rate, double beta1, double beta2, double weight_decay, double smoothing, double grad_scale);

// For K whose gradient two numbers over all elements make elementwise, what they come from: over the elements from 65536 b, of
// z = -u, or of z = g where momentum is null, scales[b] and sums[b] in f64 by statistic. A scale passes over NaN, its sum is NaN:
//   0  1 and the sum of z^2      1  the largest |z| (0 of none) and the sum of (|z| / scale)^power
//   2  the largest z (-inf of none) and the sum of e^((z - scale) / e)
BASIN_EXPORT void basin_lion_k_statistics(
    int32_t gradients_type, const void* gradients, int32_t state_type, const void* momentum,
    const float* grad_factor,
    double* scales, double* sums, int64_t block_begin, int64_t block_end, int64_t elements,
    int32_t statistic, double beta1, double smoothing, double power, double grad_scale);

// Then the step, with K'(u) for kinds 7 and 8 and -K'(-u) for kind 9, where K'(z) is by two numbers in the backend's memory
//   7  z / statistics[0]      8  sign(z) (|z| / statistics[0])^power statistics[1]
//   9  e^((z - statistics[0]) / e) / statistics[1]
// Kinds 7 and 8 are 0 where their divisor is 0.
BASIN_EXPORT void basin_lion_k_statistical_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum, const double* statistics,
    const float* grad_factor,
    int64_t begin, int64_t end,
    int32_t kind, double learning_rate, double beta1, double beta2, double weight_decay, double smoothing, double power,
    double grad_scale);

// The step for the sum of the norms of groups of group_elements neighbours, the last of which may be shorter. A group where u is 0 has
// the gradient 0. norms are those of u, or null.
BASIN_EXPORT void basin_lion_k_group_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum,
    const float* grad_factor, double* norms,
    int64_t group_begin, int64_t group_end, int64_t elements, int64_t group_elements,
    double learning_rate, double beta1, double beta2, double weight_decay, double grad_scale);

// For a K whose gradient is found by a search, the step in pieces. First directions = u:
BASIN_EXPORT void basin_lion_k_interpolate(
    int32_t gradients_type, const void* gradients, int32_t state_type, const void* momentum,
    int32_t directions_type, void* directions,
    const float* grad_factor,
    int64_t begin, int64_t end, double beta1, double grad_scale);

// And after the search w = w (1 - learning_rate weight_decay) - learning_rate direction and m = beta2 m + (1 - beta2) g.
BASIN_EXPORT void basin_lion_k_move(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum, int32_t directions_type, const void* directions,
    const float* grad_factor,
    int64_t begin, int64_t end, double learning_rate, double beta2, double weight_decay, double grad_scale);

// Gradients at any values, which they may overwrite, by the kinds of both steps.
BASIN_EXPORT void basin_lion_k_gradient(
    int32_t values_type, const void* values, int32_t directions_type, void* directions, const double* statistics,
    int64_t begin, int64_t end, int32_t kind, double smoothing, double power);

// The same for the norms of groups, and the norms in f64, or null.
BASIN_EXPORT void basin_lion_k_groups(
    int32_t values_type, const void* values, int32_t directions_type, void* directions, double* norms,
    int64_t group_begin, int64_t group_end, int64_t elements, int64_t group_elements);

// What else is to be known of all elements: partials[b] over the elements from 65536 b, in f64, the largest (-inf of none) for measure
// 0 and the sum for the others; NaN if an element is. scale[0] is in the backend's memory:
//   0  |z|      1  K(z), by kinds 0 to 6      2  K*(K'(z)), K* the convex conjugate
//   3  K*(z), infinite outside of its domain but for 1e-6      4  z log z      5  (z - scale) e^((z - scale) / e)
BASIN_EXPORT void basin_lion_k_partials(
    int32_t values_type, const void* values, const double* scale, double* partials,
    int64_t block_begin, int64_t block_end, int64_t elements,
    int32_t measure, int32_t kind, double smoothing);

// SGD with momentum as PyTorch has it, step counted from 1, momentum_buffer f32, or null if momentum is 0:
//   d = g + weight_decay w;  buffer = d at step 1, else momentum buffer + (1 - dampening) d
//   w = w - learning_rate (nesterov ? d + momentum buffer : buffer)
BASIN_EXPORT void basin_sgd_momentum_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum_buffer,
    const float* grad_factor,
    int64_t begin, int64_t end,
    double learning_rate, double momentum, double dampening, int32_t nesterov, double weight_decay, double grad_scale,
    int64_t step);

// Sums of squares by blocks of 65536 elements, partials[b] for the elements from 65536 b, accumulated in f64 so that
// no f32 overflows. Added up in the order of the blocks they are the squared norm, whatever the threads.
BASIN_EXPORT void basin_squared_norm(
    int32_t values_type, const void* values, double* partials, int64_t block_begin, int64_t block_end, int64_t elements);

// Selection of the k elements of the largest magnitude, ties to the lowest index, by the bits of magnitudes: those of |x| as f32 (as
// f64 where values are f64), which are ordered as the magnitudes are, NaN above all. The caller finds the bits of the k-th largest
// digit by digit, from the highest: counts[b][d] says how many of the elements from 8192 b have magnitude bits whose digit at
// digit_shift is d, of eight bits, and whose bits above that digit are `above`.
BASIN_EXPORT void basin_magnitude_counts(
    int32_t values_type, const void* values, int32_t* counts,      // [elements], [blocks, 256]
    int64_t block_begin, int64_t block_end, int64_t elements, int64_t above, int64_t digit_shift);

// results = values, or their signs, where magnitude bits are above those of the k-th largest, or are the same and among the first
// quotas[b] such of their block; 0 elsewhere. Results may be the values.
BASIN_EXPORT void basin_keep_largest(
    int32_t values_type, const void* values, int32_t results_type, void* results,
    const int32_t* quotas,                                         // [blocks]
    int64_t block_begin, int64_t block_end, int64_t elements, int64_t bits, int32_t signs);

// The same elements as a list in their order: indices, and entries as they are; offsets[b] is where the list of block b begins; what would lie
// outside of the list is left out.
BASIN_EXPORT void basin_list_largest(
    int32_t values_type, const void* values, int32_t* indices, int32_t entries_type, void* entries,   // [elements], [count], [count]
    const int32_t* quotas, const int32_t* offsets,                                                   // [blocks]
    int64_t block_begin, int64_t block_end, int64_t elements, int64_t count, int64_t bits);

// Adafactor (Shazeer and Stern, arXiv 1804.04235) with the update that fairseq and transformers made usual: sums, factors,
// norm and step of a matrix, moment and step of a vector, in this order. The caller adds up the partials between them.
// q = g^2 + epsilon1; matrices stand one behind the other, each with its own factors. state_type is f32: moments, momentum
// and factors.

// Sums of squared gradients over blocks of a matrix, in f64: a block has tile_columns columns and 65536 / tile_columns
// rows. row_partials[r][t] is the sum over row r in the t-th tile of columns, column_partials[b][c] that over the c-th
// column of block b. Blocks are numbered by matrix, then block of rows, then tile; one beyond the matrices has 0.
BASIN_EXPORT void basin_adafactor_squares(
    int32_t gradients_type, const void* gradients,     // [matrices, rows, columns]
    double* row_partials, double* column_partials,     // [matrices, rows, tiles], [blocks, tile_columns]
    int64_t block_begin, int64_t block_end,
    int64_t matrices, int64_t rows, int64_t columns, int64_t tiles, int64_t tile_columns, int64_t row_blocks);

// The moments row = decay row + (1 - decay) mean of q over columns, column likewise over rows, and the factors
//   row_factors = g's scale sqrt(mean(row) / row);  column_factors = 1 / sqrt(column)
// so that u = gradient row_factor column_factor: the product row column could underflow.
BASIN_EXPORT void basin_adafactor_factors(
    int32_t state_type, void* row_moments, void* column_moments,   // [matrices, rows], [matrices, columns]
    const double* row_partials, const double* column_partials,
    void* row_factors, void* column_factors,                       // like the moments
    const float* grad_factor,
    int64_t matrix_begin, int64_t matrix_end,
    int64_t rows, int64_t columns, int64_t tiles, int64_t tile_columns, int64_t row_blocks,
    double decay, double epsilon1, double grad_scale);

// partials[r], the sum of u^2 over row r of all matrices, in f64; matrix_rows is the number of rows of each matrix. Rows
// beyond the last matrix have 0, and a step leaves them alone.
BASIN_EXPORT void basin_adafactor_matrix_norm(
    int32_t gradients_type, const void* gradients,     // [rows, columns]
    int32_t state_type, const void* row_factors, const void* column_factors,   // [rows], [matrices, columns]
    double* partials,
    int64_t row_begin, int64_t row_end, int64_t columns, int64_t matrices, int64_t matrix_rows);

// u = learning_rate rates[0] u;  m = beta1 m + (1 - beta1) u, then u = m, unless momentum is null
// w = w - weight_decay learning_rate rates[1] w - u
// rates, in the backend's memory: {scale / max(1, rms(u) / clip), scale}, scale the part of the learning rate that
// follows from the weights, max(epsilon2, rms(w)) or 1.
BASIN_EXPORT void basin_adafactor_matrix_step(
    int32_t weights_type, void* weights, float* master,      // [rows, columns]
    int32_t gradients_type, const void* gradients,
    int32_t state_type, const void* row_factors, const void* column_factors, void* momentum, const double* rates,
    int64_t row_begin, int64_t row_end, int64_t columns, int64_t matrices, int64_t matrix_rows,
    double learning_rate, double beta1, double weight_decay);

// moments = decay moments + (1 - decay) q, and partials[b], the sum of u^2, u = g / sqrt(moment), over the elements from
// 65536 b, in f64.
BASIN_EXPORT void basin_adafactor_vector_moments(
    int32_t gradients_type, const void* gradients, int32_t state_type, void* moments, double* partials,
    const float* grad_factor,
    int64_t block_begin, int64_t block_end, int64_t elements, double decay, double epsilon1, double grad_scale);

// As the step of a matrix, with u = g / sqrt(moment).
BASIN_EXPORT void basin_adafactor_vector_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, const void* moments, void* momentum, const double* rates,
    const float* grad_factor,
    int64_t begin, int64_t end,
    double learning_rate, double beta1, double weight_decay, double grad_scale);

// FRUGAL (Zmushko et al., arXiv 2411.07837), step counted from 1 since the selection last changed. The elements are periods
// of `units` units of `width` neighbours each; the units of a period that `selected_indices` names, ascending and without
// repetition, are selected in each period, and have moments, compact: [periods, selected, width]. At step 1 what the moments
// held does not count. Selected elements move as AdamW's by learning_rate rate_scale, the others by
//   w = w (1 - learning_rate weight_decay) - learning_rate rate_scale free_scale f(g)
// with f(g) = 0, g or sign(g) for rule 0, 1, 2; sign(0) = 0 and sign(NaN) = NaN. Elements beyond the periods are not selected.
BASIN_EXPORT void basin_frugal_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    const int32_t* selected_indices, int32_t state_type, void* first_moment, void* second_moment,
    const float* grad_factor,
    int64_t begin, int64_t end, int64_t periods, int64_t selected, int64_t width, int64_t units,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, double rate_scale,
    double free_scale, int32_t rule, double grad_scale, int64_t step);

// The last part of a step in a subspace: update is what AdamW moves by in it, negative and brought up to full size,
// projected the part of g that lies in it, or null if all does.
//   w = w (1 - learning_rate weight_decay) - learning_rate rate_scale (free_scale f(g - projected) - update)
// with f as above, and no free part if projected is null.
BASIN_EXPORT void basin_frugal_subspace_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, const void* update, const void* projected,
    const float* grad_factor,
    int64_t begin, int64_t end,
    double learning_rate, double weight_decay, double rate_scale, double free_scale, int32_t rule, double grad_scale);

// Copies numbers into another storage type, rounded to nearest, ties to even; NaN stays NaN, made quiet, and what is too
// large becomes infinite.
BASIN_EXPORT void basin_convert(
    int32_t source_type, const void* source, int32_t target_type, void* target, int64_t begin, int64_t end);

#ifdef __cplusplus
}
#endif

#endif
