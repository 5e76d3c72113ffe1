#include "formula/distributed.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void scaled_difference(
    void* stream, int32_t values_type, const void* values, int32_t base_type, const void* base, int32_t differences_type,
    void* differences, int64_t begin, int64_t end, double scale) {
    elementwise(
        stream, begin, end, ScaledDifference{float(scale)}, Read{values_type, values}, Read{base_type, base},
        Write{differences_type, differences});
}

}
