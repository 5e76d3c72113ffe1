#include "formula/linear_margin.h"

#include "kernels.h"
#include "team.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

inline constexpr int64_t linear_block_rows = 64;
inline constexpr unsigned threads_of_linear = 128;

struct LinearCall {
    int32_t features_type;
    const void* features;
    int64_t features_stride;
    const int32_t* labels;
    const float* theta;
    double* directions;
    double* sums;
    int64_t block_begin, rows, columns;
    int32_t rule;
};

// A block of threads takes a block of rows, one after the other; each thread has columns of its own.
__global__ void __launch_bounds__(threads_of_linear) sum_linear(LinearCall call) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t block = call.block_begin + int64_t(blockIdx.x), first = block * linear_block_rows;
    const int64_t last = call.rows - first < linear_block_rows ? call.rows : first + linear_block_rows;
    double* const direction = call.directions + block * call.columns;
    for (int64_t i = team.rank(); i < call.columns; i += team.size()) direction[i] = 0.0;
    LinearSums own(call.rule);
    for (int64_t row = first; row < last; ++row) {
        const TypedRow x(call.features_type, call.features, row * call.features_stride);
        const double label = double(call.labels[row]);
        double part = 0.0, before;
        for (int64_t i = team.rank(); i < call.columns; i += team.size()) part += double(x[i]) * double(call.theta[i]);
        const double margin = label * team.combine(part, Add{});
        const double weight = own.add(call.rule, margin, row, before) * label;
        for (int64_t i = team.rank(); i < call.columns; i += team.size()) {
            direction[i] = before * direction[i] + (weight == 0.0 ? 0.0 : weight * double(x[i]));
        }
    }
    if (team.rank() > 0) return;
    const double all[4] = {own.loss, own.correct, own.largest, own.weights};
    for (int64_t i = 0; i < 4; ++i) call.sums[block * 4 + i] = all[i];
}

void linear_partials(
    void* stream, int32_t features_type, const void* features, int64_t features_stride, const int32_t* labels,
    int32_t, const void* theta, double* directions, double* sums,
    int64_t block_begin, int64_t block_end, int64_t rows, int64_t columns, int32_t rule) {
    if (block_end <= block_begin) return;
    launch(
        sum_linear, unsigned(block_end - block_begin), threads_of_linear, BlockTeam::room_bytes, stream,
        LinearCall{
            features_type, features, features_stride, labels, static_cast<const float*>(theta), directions, sums, block_begin,
            rows, columns, rule});
}

}
