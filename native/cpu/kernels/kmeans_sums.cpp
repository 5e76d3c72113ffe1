#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

void kmeans_sums(
    int32_t x_type, const void* x, int64_t x_stride, const int32_t* assignments, double* sums, double* counts,
    int64_t block_begin, int64_t block_end, int64_t rows, int64_t width, int64_t clusters, int64_t block_rows) {
    with_storage(x_type, [&]<class S>(S) {
        for (int64_t block = block_begin; block < block_end; ++block) {
            double* const sum = sums + block * clusters * width;
            double* const count = counts + block * clusters;
            for (int64_t i = 0; i < clusters * width; ++i) sum[i] = 0.0;
            for (int64_t j = 0; j < clusters; ++j) count[j] = 0.0;
            const int64_t begin = block * block_rows;
            const int64_t end = rows - begin < block_rows ? rows : begin + block_rows;
            for (int64_t row = begin; row < end; ++row) {
                const S* const entry = static_cast<const S*>(x) + row * x_stride;
                double* const own = sum + assignments[row] * width;
                for (int64_t i = 0; i < width; ++i) own[i] += double(widen(entry[i]));
                count[assignments[row]] += 1.0;
            }
        }
    });
}

}
