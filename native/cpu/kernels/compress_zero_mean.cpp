#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

void compress_zero_mean(
    int32_t type, const void* x, int64_t x_stride, void* z, int64_t z_stride, int64_t row_begin, int64_t row_end,
    int64_t width) {
    with_storage(type, [&]<class S>(S) {
        for (int64_t row = row_begin; row < row_end; ++row) {
            const S* const from = static_cast<const S*>(x) + row * x_stride;
            __builtin_memcpy(static_cast<S*>(z) + row * z_stride, from, static_cast<size_t>(width) * sizeof(S));
        }
    });
}

}
