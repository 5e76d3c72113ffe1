#include "kernels.h"
#include "norm_row.h"

namespace basin::inline BASIN_ISA {

void expand_zero_mean(
    int32_t type, const void* z, int64_t z_stride, void* x, int64_t x_stride, int64_t row_begin, int64_t row_end,
    int64_t width) {
    with_storage(type, [&]<class S>(S) {
        for (int64_t row = row_begin; row < row_end; ++row) {
            const S* const from = static_cast<const S*>(z) + row * z_stride;
            S* const to = static_cast<S*>(x) + row * x_stride;
            for_vectors(width, [&](int64_t i, auto span) { store(to + i, span, load(from + i, span, Float(0.0f))); });
            store_one(to + width, float(-sum_of(from, width)));
        }
    });
}

}
