#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

void expand_zero_mean_backward(
    int32_t type, const void* grad_x, int64_t grad_x_stride, void* grad_z, int64_t grad_z_stride, int64_t row_begin,
    int64_t row_end, int64_t width) {
    with_storage(type, [&]<class S>(S) {
        for (int64_t row = row_begin; row < row_end; ++row) {
            const S* const from = static_cast<const S*>(grad_x) + row * grad_x_stride;
            S* const to = static_cast<S*>(grad_z) + row * grad_z_stride;
            const Float last(widen(from[width]));
            for_vectors(width, [&](int64_t i, auto span) {
                store(to + i, span, load(from + i, span, Float(0.0f)) - last);
            });
        }
    });
}

}
