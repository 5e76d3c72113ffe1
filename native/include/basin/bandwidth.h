// What the memory allows: no training kernel, but the ceiling beside which their times are shown.
#ifndef BASIN_BANDWIDTH_H
#define BASIN_BANDWIDTH_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// As many streams of f32 as a kernel has, and next to no arithmetic: with s the sum of the reads, in order, or 0,
// update = update / 2 + s and write = s over the elements [begin, end). Any stream may be absent.
// non_temporal = 1 writes past the caches where the processor can.
BASIN_EXPORT void basin_stream(
    float* update0, float* update1, float* update2,
    const float* read0, const float* read1, const float* read2,
    float* write0, float* write1,
    int64_t begin, int64_t end, int32_t non_temporal);

#ifdef __cplusplus
}
#endif

#endif
