#include "kernels.h"
#include "scalars.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

// A column of a block is a thread's, which walks the rows in their order; the column after the last counts them.
struct KmeansSums {
    int32_t x_type;
    const void* x;
    int64_t x_stride;
    const int32_t* assignments;
    double* sums;
    double* counts;
    int64_t rows, width, clusters, block_rows;

    __device__ void operator()(int64_t i) const {
        const int64_t block = i / (width + 1), column = i % (width + 1);
        const bool counting = column == width;
        double* const own = counting ? counts + block * clusters : sums + block * clusters * width + column;
        const int64_t step = counting ? 1 : width;
        for (int64_t j = 0; j < clusters; ++j) own[j * step] = 0.0;
        const int64_t begin = block * block_rows;
        const int64_t end = rows - begin < block_rows ? rows : begin + block_rows;
        for (int64_t row = begin; row < end; ++row) {
            if (assignments[row] < 0 || assignments[row] >= clusters) continue;  // those on the device nobody has looked at
            own[assignments[row] * step] += counting ? 1.0 : double(TypedRow(x_type, x, row * x_stride)[column]);
        }
    }
};

void kmeans_sums(
    void* stream,
    int32_t x_type, const void* x, int64_t x_stride, const int32_t* assignments, double* sums, double* counts,
    int64_t block_begin, int64_t block_end, int64_t rows, int64_t width, int64_t clusters, int64_t block_rows) {
    for_scalars(
        stream, block_begin * (width + 1), block_end * (width + 1),
        KmeansSums{x_type, x, x_stride, assignments, sums, counts, rows, width, clusters, block_rows});
}

}
