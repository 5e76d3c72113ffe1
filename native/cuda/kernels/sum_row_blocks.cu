#include "kernels.h"
#include "team.h"

namespace basin::inline BASIN_ISA {

constexpr int columns_at_once = 8, parts = 32;

// A block of threads takes a few columns, and a part of their partials each thread: parts are of every 32nd block, and their
// sums are added in order.
template <class G>
__global__ void __launch_bounds__(columns_at_once* parts) sum_columns(
    const float* partials, int64_t stride, G* gradient, int64_t column_begin, int64_t column_end, int64_t blocks,
    bool accumulate) {
    const SharedArray<double> sums{reinterpret_cast<double*>(shared_memory())};
    const int part = int(threadIdx.x) / columns_at_once, own = int(threadIdx.x) % columns_at_once;
    const int64_t column = column_begin + int64_t(blockIdx.x) * columns_at_once + own;
    double total = 0.0;
    if (column < column_end) {
#pragma unroll 8
        for (int64_t block = part; block < blocks; block += parts) total += double(partials[block * stride + column]);
    }
    sums.set(part * columns_at_once + own, total);
    __syncthreads();
    if (part > 0 || column >= column_end) return;
    total = accumulate ? double(widen(gradient[column])) : 0.0;
    for (int i = 0; i < parts; ++i) total += sums.get(i * columns_at_once + own);
    round_to(float(total), gradient[column]);
}

void sum_row_blocks(
    void* stream, int32_t, const void* partials, int64_t partials_stride, int32_t gradient_type, void* gradient,
    int64_t column_begin, int64_t column_end, int64_t blocks, int32_t accumulate) {
    if (column_end <= column_begin) return;
    const unsigned grid = unsigned((column_end - column_begin + columns_at_once - 1) / columns_at_once);
    with_storage(gradient_type, [&]<class G>(G) {
        launch(
            sum_columns<G>, grid, columns_at_once * parts, columns_at_once * parts * sizeof(double), stream,
            static_cast<const float*>(partials), partials_stride, static_cast<G*>(gradient), column_begin, column_end, blocks,
            accumulate != 0);
    });
}

}
