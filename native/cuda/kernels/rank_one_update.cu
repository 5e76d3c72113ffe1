#include "kernels.h"
#include "rows_beside.h"

#include "formula/linear_estimate.h"

namespace basin::inline BASIN_ISA {

void rank_one_update(
    void* stream,
    int32_t, void* matrix, int64_t matrix_stride, const void* left, const void* right,
    int64_t row_begin, int64_t row_end, int64_t width, double scale) {
    rows_beside(
        stream, RowsCall<2, 1>{{matrix, right}, {matrix_stride, 0}, {matrix}, {matrix_stride}, row_begin, row_end, width},
        RankOne{static_cast<const float*>(left), scale});
}

}
