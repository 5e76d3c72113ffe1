#include "kernels.h"
#include "norm_row.h"
#include "row_map.h"

namespace basin::inline BASIN_ISA {

struct Recentred {
    static constexpr bool needs_sum = true, writes_last = false;

    Shift mean{0.0};

    __device__ void start(double sum, const TypedRow&, int64_t width) { mean = Shift(sum / double(width)); }
    __device__ float operator()(float x) const { return mean.subtracted_from(x); }
    __device__ float last() const { return 0.0f; }
};

void recenter_rows(
    void* stream, int32_t type, const void* x, int64_t x_stride, void* y, int64_t y_stride, int64_t row_begin,
    int64_t row_end, int64_t width) {
    rows_by(stream, RowMap{type, x, x_stride, y, y_stride, row_begin, row_end, width}, Recentred{});
}

}
