#include "kernels.h"
#include "team.h"

namespace basin::inline BASIN_ISA {

constexpr unsigned threads_of_factors = 256;

// Zero times an infinite factor would be NaN. NaN stays.
__device__ inline float saturated_factor(double factor) {
    constexpr double most = 3.4028234663852886e38;
    return float(factor > most ? most : factor);
}

struct FactorsCall {
    float* row_moments;
    float* column_moments;
    const double* row_partials;
    const double* column_partials;
    float* row_factors;
    float* column_factors;
    const float* grad_factor;
    int64_t matrix_begin, rows, columns, tiles, tile_columns, row_blocks;
    double decay, epsilon1, grad_scale;

    __device__ double moved(float moment, double squares, int64_t count) const {
        const double scale = folded(grad_scale, grad_factor);
        return decay * double(moment) + (1.0 - decay) * (scale * scale * squares / double(count) + epsilon1);
    }
};

// A block a matrix.
__global__ void __launch_bounds__(threads_of_factors) find_row_factors(FactorsCall call) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t offset = (call.matrix_begin + int64_t(blockIdx.x)) * call.rows;
    double own = 0.0;
    for (int64_t row = offset + team.rank(); row < offset + call.rows; row += team.size()) {
        double squares = 0.0;
        for (int64_t tile = 0; tile < call.tiles; ++tile) squares += call.row_partials[row * call.tiles + tile];
        const double moment = call.moved(call.row_moments[row], squares, call.columns);
        call.row_moments[row] = float(moment);
        own += moment;
    }
    const double mean = team.combine(own, Add{}) / double(call.rows);
    const double scale = folded(call.grad_scale, call.grad_factor);
    for (int64_t row = offset + team.rank(); row < offset + call.rows; row += team.size()) {
        call.row_factors[row] = saturated_factor(scale * ::sqrt(mean / double(call.row_moments[row])));
    }
}

// A thread a column.
__global__ void __launch_bounds__(threads_of_factors) find_column_factors(FactorsCall call, int64_t blocks_of_matrix) {
    const int64_t matrix = call.matrix_begin + int64_t(blockIdx.x) / blocks_of_matrix;
    const int64_t column = int64_t(blockIdx.x) % blocks_of_matrix * threads_of_factors + threadIdx.x;
    if (column >= call.columns) return;
    const int64_t tile = column / call.tile_columns, offset = column % call.tile_columns;
    const double* const sums =
        call.column_partials + (matrix * call.row_blocks * call.tiles + tile) * call.tile_columns + offset;
    double squares = 0.0;
    for (int64_t block = 0; block < call.row_blocks && tile < call.tiles; ++block) {
        squares += sums[block * call.tiles * call.tile_columns];
    }
    const int64_t at = matrix * call.columns + column;
    const double moment = call.moved(call.column_moments[at], squares, call.rows);
    call.column_moments[at] = float(moment);
    call.column_factors[at] = saturated_factor(1.0 / ::sqrt(moment));
}

void adafactor_factors(
    void* stream, int32_t, void* row_moments, void* column_moments, const double* row_partials,
    const double* column_partials, void* row_factors, void* column_factors, const float* grad_factor,
    int64_t matrix_begin, int64_t matrix_end,
    int64_t rows, int64_t columns, int64_t tiles, int64_t tile_columns, int64_t row_blocks,
    double decay, double epsilon1, double grad_scale) {
    if (matrix_end <= matrix_begin) return;
    const FactorsCall call{
        static_cast<float*>(row_moments), static_cast<float*>(column_moments), row_partials, column_partials,
        static_cast<float*>(row_factors), static_cast<float*>(column_factors), grad_factor,
        matrix_begin, rows, columns, tiles, tile_columns, row_blocks, decay, epsilon1, grad_scale};
    const int64_t matrices = matrix_end - matrix_begin;
    const int64_t blocks_of_matrix = (columns + threads_of_factors - 1) / threads_of_factors;
    launch(find_row_factors, unsigned(matrices), threads_of_factors, BlockTeam::room_bytes, stream, call);
    launch(
        find_column_factors, unsigned(matrices * blocks_of_matrix), threads_of_factors, 0, stream, call, blocks_of_matrix);
}

}
