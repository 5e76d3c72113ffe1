// What workers and a server do with gradients and weights that travel, and the attack that federated clients train against. Elementwise
// functions work on the elements [begin, end) of one tensor. Storage types are f32 or bf16; arithmetic is f32.
#ifndef BASIN_DISTRIBUTED_H
#define BASIN_DISTRIBUTED_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// differences = scale values - base, f32: what an error-feedback worker compresses (Richtarik et al., arXiv 2402.10774).
BASIN_EXPORT void basin_scaled_difference(
    int32_t values_type, const void* values, int32_t base_type, const void* base, int32_t differences_type, void* differences,
    int64_t begin, int64_t end, double scale);

// total = total + weight (values - base), base null for 0.
BASIN_EXPORT void basin_accumulate_difference(
    int32_t total_type, void* total, int32_t values_type, const void* values, int32_t base_type, const void* base,
    int64_t begin, int64_t end, double weight);

// results = scale[0] sign(values), scale in the backend's memory; the results may be the values.
BASIN_EXPORT void basin_scaled_sign(
    int32_t values_type, const void* values, int32_t results_type, void* results, const double* scale, int64_t begin, int64_t end);

// total[indices[i]] = total[indices[i]] + weight entries[i], for the indices in [begin, end), which are distinct; others are
// passed over.
BASIN_EXPORT void basin_scatter_add(
    int32_t total_type, void* total, const int32_t* indices, int32_t entries_type, const void* entries,   // [elements], [count], [count]
    int64_t begin, int64_t end, int64_t count, double weight);

// A step of projected gradient ascent (Madry et al., arXiv 1706.06083), in place, a row at a time, norm 0 for the largest magnitude and 1
// for the Euclidean norm:
//   0:  x = clamp(clip(x + step sign(gradient), origin - rho, origin + rho), low, high)
//   1:  y = x + step gradient / |gradient|, x itself where that is 0;  d = (y - origin) min(1, rho / |y - origin|)
//       x = clamp(origin + d, low, high)
BASIN_EXPORT void basin_projected_ascent(
    int32_t values_type, void* values, const void* gradients, const void* origins,      // [rows, columns]
    int64_t row_begin, int64_t row_end, int64_t columns,
    int32_t norm, double step, double rho, double low, double high);

#ifdef __cplusplus
}
#endif

#endif
