#include "kernels.h"
#include "rows_beside.h"

#include "formula/mirror_descent.h"

namespace basin::inline BASIN_ISA {

void project_rows(
    int32_t, const void* points, int64_t points_stride, void* projected, int64_t projected_stride,
    int64_t row_begin, int64_t row_end, int64_t width, int32_t domain, double lowest, double highest, double radius) {
    rows_beside(
        RowsCall<1, 1>{{points}, {points_stride}, {projected}, {projected_stride}, row_begin, row_end, width},
        ProjectRow{domain, lowest, highest, radius});
}

}
