#include "formula/compander.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void weight_compander(
    int32_t values_type, const void* values, int32_t weights_type, void* weights, const double* a, const double* b,
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t curve) {
    with_curve(curve, [&](auto of) {
        with_storage(values_type, [&]<class S>(S) {
            with_storage(weights_type, [&]<class W>(W) {
                for (int64_t row = row_begin; row < row_end; ++row) {
                    elementwise(
                        row * columns, (row + 1) * columns, Compander{of, float(a[row]), float(b[row])},
                        Read{static_cast<const S*>(values)}, Write{static_cast<W*>(weights)});
                }
            });
        });
    });
}

}
