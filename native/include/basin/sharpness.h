// Perturbations towards the sharpest direction nearby, and the way back, over the elements [begin, end) of one tensor; at the
// end, what else the page of USEFUL needs: k-means.
//
// SAM (Foret et al., arXiv 2010.01412) and ASAM (Kwon et al., arXiv 2102.11600) take the gradient of a step at
//   w + e,  e = ascent T^2 g,  ascent = rho / (norm + 1e-12),  norm = |T g| over all tensors together
// with T = |w| + eta where adaptive is 1, and T = 1 where it is 0. eta = 0 is the form of ASAM that has no eta.
//
// Common to all functions of perturbations:
//   *_type         storage type (basin/types.h): f32 or bf16 unless a function says otherwise; arithmetic is f32
//   norm           one f64 in the backend's memory. Where it is 0 or not finite there is no perturbation: e = 0 for every
//                  gradient, NaN included, and weights keep their bits
//   saved_weights  a copy of the weights as they were before the perturbation, or null
//   gradients      g = grad_scale * grad_factor * gradients, as in basin/optimizer.h; those that the perturbation was made
//                  from are called ascent_gradients where both have a part. The ascent is folded in f64 once a call
#ifndef BASIN_SHARPNESS_H
#define BASIN_SHARPNESS_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// Sums of (T gradients)^2 by blocks of 65536 elements, partials[b] for the elements from 65536 b, in f64, where no square
// of an f32 overflows. The root of their sum, times |grad_scale * grad_factor|, is the norm.
BASIN_EXPORT void basin_sam_norm(
    int32_t weights_type, const void* weights, int32_t gradients_type, const void* gradients,
    double* partials,
    int64_t block_begin, int64_t block_end, int64_t elements,
    int32_t adaptive, double eta);

// weights = weights + e, after the weights are copied to saved_weights unless that is null.
BASIN_EXPORT void basin_sam_perturb(
    int32_t weights_type, void* weights, void* saved_weights, int32_t gradients_type, const void* gradients,
    const double* norm, const float* grad_factor,
    int64_t begin, int64_t end,
    double rho, int32_t adaptive, double eta, double grad_scale);

// weights = saved_weights; or if that is null weights - e, with e worked out again from ascent_gradients. That is right to
// the rounding of weights + e, and where T depends on the weights, whose equation has one solution while rho < 1/2, to
// 1 / (1 - 2 rho) times it. With neither the weights stay.
BASIN_EXPORT void basin_sam_restore(
    int32_t weights_type, void* weights, const void* saved_weights,
    int32_t ascent_gradients_type, const void* ascent_gradients,
    const double* norm, const float* ascent_factor,
    int64_t begin, int64_t end,
    double rho, int32_t adaptive, double eta, double ascent_scale);

// basin_sam_restore and then basin_sgd_momentum_step without a master, to the bit, in one pass. All types are f32.
BASIN_EXPORT void basin_sam_restore_sgd_momentum_step(
    int32_t weights_type, void* weights, const void* saved_weights,
    int32_t ascent_gradients_type, const void* ascent_gradients,
    const double* norm, const float* ascent_factor,
    int32_t gradients_type, const void* gradients, int32_t state_type, void* momentum_buffer,
    const float* grad_factor,
    int64_t begin, int64_t end,
    double rho, int32_t adaptive, double eta, double ascent_scale,
    double learning_rate, double momentum, double dampening, int32_t nesterov, double weight_decay, double grad_scale,
    int64_t step);

// The nearest of some centres to each row, by squared Euclidean distance, the lowest of equals: with it USEFUL (Nguyen et al.,
// arXiv 2404.17768) tells the examples that early training learns from those that it does not. A distance is summed in f64 in
// one order everywhere, so that every backend finds the same centre: entry i belongs to the partial sum i % 8, and these are
// added from the first on. A row with NaN has the centre 0 and the distance NaN.
//   x            [rows, width], f32 or bf16
//   centres      [clusters, width]
//   products     [rows, clusters], x.c as a matrix product in f32 gives it; or null
//   squares      [clusters], |c|^2; null as products is
//   assignments  [rows]
//   distances    [rows], squared, or null
// With products only those centres are measured whose score |c|^2 - 2 x.c is at most slack + slack_scale max_i |x_i| above
// the lowest: what the rounding of the products leaves open.
BASIN_EXPORT void basin_kmeans_assign(
    int32_t x_type, const void* x, int64_t x_stride, const double* centres, const float* products, const float* squares,
    int32_t* assignments, double* distances,
    int64_t row_begin, int64_t row_end, int64_t width, int64_t clusters,
    double slack_scale, double slack);

// For each block of block_rows rows the sums of the rows of each centre, and how many they are; in f64, in the rows' order.
// What is of no row is 0.
//   sums    [blocks, clusters, width]
//   counts  [blocks, clusters]
BASIN_EXPORT void basin_kmeans_sums(
    int32_t x_type, const void* x, int64_t x_stride, const int32_t* assignments, double* sums, double* counts,
    int64_t block_begin, int64_t block_end, int64_t rows, int64_t width, int64_t clusters, int64_t block_rows);

#ifdef __cplusplus
}
#endif

#endif
