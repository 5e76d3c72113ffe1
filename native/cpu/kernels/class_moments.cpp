#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

void class_moments(
    int32_t values_type, const void* values, int64_t values_stride, const int32_t* labels, const double* ordinals,
    double* means, double* squares, int64_t moments_stride, int64_t column_begin, int64_t column_end, int64_t rows, int64_t classes) {
    static_cast<void>(classes);
    with_storage(values_type, [&]<class S>(S) {
        for (int64_t row = 0; row < rows; ++row) {
            const S* const x = static_cast<const S*>(values) + row * values_stride;
            double* const mean = means + labels[row] * moments_stride;
            double* const square = squares + labels[row] * moments_stride;
            const double share = 1.0 / ordinals[row];
            for (int64_t j = column_begin; j < column_end; ++j) {
                const double entry = double(widen(x[j])), from = entry - mean[j];
                mean[j] += from * share;
                square[j] += from * (entry - mean[j]);
            }
        }
    });
}

}
