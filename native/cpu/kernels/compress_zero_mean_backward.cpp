#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

void compress_zero_mean_backward(
    int32_t type, const void* grad_z, int64_t grad_z_stride, void* grad_x, int64_t grad_x_stride, int64_t row_begin,
    int64_t row_end, int64_t width) {
    with_storage(type, [&]<class S>(S) {
        for (int64_t row = row_begin; row < row_end; ++row) {
            S* const to = static_cast<S*>(grad_x) + row * grad_x_stride;
            __builtin_memcpy(to, static_cast<const S*>(grad_z) + row * grad_z_stride, static_cast<size_t>(width) * sizeof(S));
            to[width] = S{};
        }
    });
}

}
