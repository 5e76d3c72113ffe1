#include "formula/compander.h"

#include "kernels.h"
#include "team.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

inline constexpr unsigned threads_of_compander = 128;

struct CompanderCall {
    int32_t values_type;
    const void* values;
    int32_t weights_type;
    void* weights;
    const double* a;
    const double* b;
    int64_t row_begin, columns;
};

// A block of threads a row.
template <class Curve>
__global__ void __launch_bounds__(threads_of_compander) compander_rows(CompanderCall call) {
    const int64_t row = call.row_begin + int64_t(blockIdx.x), begin = row * call.columns, end = begin + call.columns;
    const Compander<Curve> formula{Curve{}, float(call.a[row]), float(call.b[row])};
    for (int64_t first = begin + int64_t(threadIdx.x) * elements_of_thread; first < end;
         first += int64_t(threads_of_compander) * elements_of_thread) {
        Elements v, weights;
        load_typed(call.values_type, call.values, first, end, v);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) formula(v[i], weights[i]);
        store_typed(call.weights_type, call.weights, first, end, weights);
    }
}

void weight_compander(
    void* stream, int32_t values_type, const void* values, int32_t weights_type, void* weights, const double* a, const double* b,
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t curve) {
    if (row_end <= row_begin) return;
    with_curve(curve, [&]<class Curve>(Curve) {
        launch(
            compander_rows<Curve>, unsigned(row_end - row_begin), threads_of_compander, 0, stream,
            CompanderCall{values_type, values, weights_type, weights, a, b, row_begin, columns});
    });
}

}
