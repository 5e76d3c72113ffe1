#include "formula/compander.h"

#include "kernels.h"
#include "team.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

inline constexpr unsigned threads_of_compander_backward = 128;

struct CompanderBackwardCall {
    int32_t values_type;
    const void* values;
    int32_t grad_type;
    const void* grad_weights;
    void* grad_values;
    const double* a;
    const double* b;
    double* grad_a;
    double* grad_b;
    int64_t row_begin, columns;
};

// A block of threads a row.
template <class Curve>
__global__ void __launch_bounds__(threads_of_compander_backward) compander_rows_backward(CompanderBackwardCall call) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t row = call.row_begin + int64_t(blockIdx.x), begin = row * call.columns, end = begin + call.columns;
    const CompanderBackward<Curve> formula{Curve{}, float(call.b[row]), float(call.a[row] / call.b[row])};
    double by_a = 0.0, by_b = 0.0;
    for (int64_t first = begin + int64_t(team.rank()) * elements_of_thread; first < end;
         first += int64_t(team.size()) * elements_of_thread) {
        Elements v, g, grad, one_a, one_b;
        load_typed(call.values_type, call.values, first, end, v);
        load_typed(call.grad_type, call.grad_weights, first, end, g);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) {
            formula(v[i], g[i], grad[i], one_a[i], one_b[i]);
            by_a += double(one_a[i]);
            by_b += double(one_b[i]);
        }
        store_typed(call.grad_type, call.grad_values, first, end, grad);
    }
    by_a = team.combine(by_a, Add{});
    by_b = team.combine(by_b, Add{});
    if (team.rank() > 0) return;
    call.grad_a[row] = by_a;
    call.grad_b[row] = -by_b / call.b[row];
}

void weight_compander_backward(
    void* stream, int32_t values_type, const void* values, int32_t grad_type, const void* grad_weights, void* grad_values,
    const double* a, const double* b, double* grad_a, double* grad_b,
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t curve) {
    if (row_end <= row_begin) return;
    with_curve(curve, [&]<class Curve>(Curve) {
        launch(
            compander_rows_backward<Curve>, unsigned(row_end - row_begin), threads_of_compander_backward, BlockTeam::room_bytes, stream,
            CompanderBackwardCall{
                values_type, values, grad_type, grad_weights, grad_values, a, b, grad_a, grad_b, row_begin, columns});
    });
}

}
