#include "blocks.h"
#include "kernels.h"
#include "squares.h"

namespace basin::inline BASIN_ISA {

void squared_norm(
    int32_t values_type, const void* values, double* partials, int64_t block_begin, int64_t block_end, int64_t elements) {
    with_storage(values_type, [&]<class S>(S) {
        for (int64_t block = block_begin; block < block_end; ++block) {
            const int64_t begin = block * block_elements;
            const int64_t left = elements - begin;
            const S* const x = static_cast<const S*>(values) + begin;
            partials[block] = left <= 0 ? 0.0 : sum_of_squares(x, left < block_elements ? left : block_elements);
        }
    });
}

}
