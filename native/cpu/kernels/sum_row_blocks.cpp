#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

void sum_row_blocks(
    int32_t, const void* partials, int64_t partials_stride, int32_t gradient_type, void* gradient,
    int64_t column_begin, int64_t column_end, int64_t blocks, int32_t accumulate) {
    const float* const first = static_cast<const float*>(partials);
    with_storage(gradient_type, [&]<class G>(G) {
        G* const out = static_cast<G*>(gradient);
        for_vectors(column_end - column_begin, [&](int64_t i, auto span) {
            const int64_t column = column_begin + i;
            Double total{};
            if (accumulate != 0) total = widen(load(out + column, span, Float(0.0f)));
            for (int64_t block = 0; block < blocks; ++block) {
                total += widen(load(first + block * partials_stride + column, span, Float(0.0f)));
            }
            store(out + column, span, narrow(total));
        });
    });
}

}
