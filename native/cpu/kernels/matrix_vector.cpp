#include "kernels.h"
#include "rows_beside.h"

#include "formula/linear_estimate.h"

namespace basin::inline BASIN_ISA {

void matrix_vector(
    int32_t, const void* matrix, int64_t matrix_stride, const void* vector, void* product,
    int64_t row_begin, int64_t row_end, int64_t width, double scale) {
    rows_beside(
        RowsCall<2, 1>{{matrix, vector}, {matrix_stride, 0}, {nullptr}, {0}, row_begin, row_end, width},
        RowProduct{static_cast<float*>(product), scale});
}

}
