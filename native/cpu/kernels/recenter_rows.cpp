#include "kernels.h"
#include "norm_row.h"

namespace basin::inline BASIN_ISA {

void recenter_rows(
    int32_t type, const void* x, int64_t x_stride, void* y, int64_t y_stride, int64_t row_begin, int64_t row_end,
    int64_t width) {
    with_storage(type, [&]<class S>(S) {
        for (int64_t row = row_begin; row < row_end; ++row) {
            const S* const from = static_cast<const S*>(x) + row * x_stride;
            S* const to = static_cast<S*>(y) + row * y_stride;
            const Shift mean(sum_of(from, width) / double(width));
            for_vectors(width, [&](int64_t i, auto span) {
                store(to + i, span, mean.subtracted_from(load(from + i, span, Float(0.0f))));
            });
        }
    });
}

}
