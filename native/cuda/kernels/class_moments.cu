#include "kernels.h"
#include "scalars.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

// A column is a thread's, which walks the rows in their order.
struct ClassMoments {
    int32_t values_type;
    const void* values;
    int64_t values_stride;
    const int32_t* labels;
    const double* ordinals;
    double* means;
    double* squares;
    int64_t rows, moments_stride;

    __device__ void operator()(int64_t j) const {
        for (int64_t row = 0; row < rows; ++row) {
            const double entry = double(TypedRow(values_type, values, row * values_stride)[j]);
            double& mean = means[labels[row] * moments_stride + j];
            const double from = entry - mean;
            mean += from * (1.0 / ordinals[row]);
            squares[labels[row] * moments_stride + j] += from * (entry - mean);
        }
    }
};

void class_moments(
    void* stream,
    int32_t values_type, const void* values, int64_t values_stride, const int32_t* labels, const double* ordinals,
    double* means, double* squares, int64_t moments_stride, int64_t column_begin, int64_t column_end, int64_t rows, int64_t classes) {
    static_cast<void>(classes);
    for_scalars(
        stream, column_begin, column_end,
        ClassMoments{values_type, values, values_stride, labels, ordinals, means, squares, rows, moments_stride});
}

}
