#include "kernels.h"
#include "scalars.h"
#include "scalars/box_cox.h"

namespace basin::inline BASIN_ISA {

void box_cox_inverse(
    void* stream,
    int32_t value_type, const void* z, void* values, int64_t row_begin, int64_t row_end, double lambda) {
    for_scalars(stream, row_begin, row_end, BoxCoxCall{{value_type, z}, {value_type, values}, BoxCoxInverse{lambda}});
}

}
