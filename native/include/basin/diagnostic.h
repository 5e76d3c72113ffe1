// Kernels that measure the seam itself.
#ifndef BASIN_DIAGNOSTIC_H
#define BASIN_DIAGNOSTIC_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// Does nothing: what is left of a call's time is the cost of crossing from Java.
BASIN_EXPORT void basin_empty(const float* values, int64_t begin, int64_t end);

#ifdef __cplusplus
}
#endif

#endif
