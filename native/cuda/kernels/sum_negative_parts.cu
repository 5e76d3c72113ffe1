#include "kernels.h"
#include "rows_beside.h"

#include "formula/linear_estimate.h"

namespace basin::inline BASIN_ISA {

void sum_negative_parts(
    void* stream,
    int32_t, const void* values, int64_t values_stride, double* sums, int64_t row_begin, int64_t row_end, int64_t width) {
    rows_beside(stream, RowsCall<1, 1>{{values}, {values_stride}, {nullptr}, {0}, row_begin, row_end, width}, NegativeParts{sums});
}

}
