#include "formula/distributed.h"

#include "elementwise.h"
#include "kernels.h"
#include "team.h"

namespace basin::inline BASIN_ISA {

inline constexpr unsigned threads_of_ascent = 128;

struct AscentCall {
    int32_t type;
    void* values;
    const void* gradients;
    const void* origins;
    int64_t row_begin, columns;
    double step, rho;
    float low, high;
};

// A block of threads a row, which each goes over the same elements in every pass.
__global__ void __launch_bounds__(threads_of_ascent) ascend_rows(AscentCall call) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t row = call.row_begin + int64_t(blockIdx.x), begin = row * call.columns, end = begin + call.columns;
    const int64_t own = begin + int64_t(team.rank()) * elements_of_thread, stride = int64_t(team.size()) * elements_of_thread;
    double squares = 0.0;
    for (int64_t first = own; first < end; first += stride) {
        Elements g;
        load_typed(call.type, call.gradients, first, end, g);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) squares += double(g[i]) * double(g[i]);
    }
    const BallMove move{float(call.step), float(::sqrt(team.combine(squares, Add{})))};
    squares = 0.0;
    for (int64_t first = own; first < end; first += stride) {
        Elements x, g, origin;
        load_typed(call.type, call.values, first, end, x);
        load_typed(call.type, call.gradients, first, end, g);
        load_typed(call.type, call.origins, first, end, origin);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) {
            move(x[i], g[i]);
            x[i] = rounded(call.type, x[i]);
            squares += (double(x[i]) - double(origin[i])) * (double(x[i]) - double(origin[i]));
        }
        store_typed(call.type, call.values, first, end, x);
    }
    const double distance = ::sqrt(team.combine(squares, Add{}));
    const BallReturn back{float(distance > call.rho ? call.rho / distance : 1.0), call.low, call.high};
    for (int64_t first = own; first < end; first += stride) {
        Elements x, origin;
        load_typed(call.type, call.values, first, end, x);
        load_typed(call.type, call.origins, first, end, origin);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) back(x[i], origin[i]);
        store_typed(call.type, call.values, first, end, x);
    }
}

void projected_ascent(
    void* stream, int32_t values_type, void* values, const void* gradients, const void* origins,
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t norm, double step, double rho, double low, double high) {
    if (row_end <= row_begin) return;
    if (norm == 0) {
        elementwise(
            stream, row_begin * columns, row_end * columns, BoxAscent{float(step), float(rho), float(low), float(high)},
            ReadWrite{values_type, values}, Read{values_type, gradients}, Read{values_type, origins});
        return;
    }
    launch(
        ascend_rows, unsigned(row_end - row_begin), threads_of_ascent, BlockTeam::room_bytes, stream,
        AscentCall{values_type, values, gradients, origins, row_begin, columns, step, rho, float(low), float(high)});
}

}
