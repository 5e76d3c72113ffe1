#include "block_sums.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

constexpr unsigned threads_of_squares = 256;

struct SquaresCall {
    int32_t type;
    const void* gradients;
    double* row_partials;
    double* column_partials;
    int64_t block_begin, matrices, rows, columns, tiles, tile_columns, row_blocks;
};

// A block of threads a block of the matrix: a warp a row, then a thread a column, which finds the block in the cache. In f64,
// where no square of an f32 overflows.
__global__ void __launch_bounds__(threads_of_squares) sum_squares_of_block(SquaresCall call) {
    const int64_t block = call.block_begin + int64_t(blockIdx.x);
    const int64_t tile = block % call.tiles, matrix = block / call.tiles / call.row_blocks;
    const int64_t column = tile * call.tile_columns;
    const bool is_there = matrix < call.matrices && column < call.columns;
    const int64_t block_rows = call.tile_columns < block_elements ? block_elements / call.tile_columns : 1;
    const int64_t from = block / call.tiles % call.row_blocks * block_rows;
    const int64_t to = from + block_rows < call.rows ? from + block_rows : call.rows;
    const int64_t first_row = matrix * call.rows + from, last_row = is_there ? matrix * call.rows + to : first_row;
    const int64_t width = call.columns - column < call.tile_columns ? call.columns - column : call.tile_columns;

    const WarpTeam team;
    constexpr int warps = int(threads_of_squares) / warp;
    for (int64_t row = first_row + threadIdx.x / warp; row < last_row; row += warps) {
        const TypedRow entries(call.type, call.gradients, row * call.columns + column);
        double own = 0.0;
        for (int64_t i = int64_t(team.rank()) * elements_of_thread; i < width; i += warp * elements_of_thread) {
            Elements x;
            entries.get(i, width, x);
#pragma unroll
            for (int k = 0; k < elements_of_thread; ++k) own += double(x[k]) * double(x[k]);
        }
        const double total = team.combine(own, Add{});
        if (team.rank() == 0) call.row_partials[row * call.tiles + tile] = total;
    }
    for (int64_t i = threadIdx.x; i < call.tile_columns; i += threads_of_squares) {
        double total = 0.0;
        for (int64_t row = first_row; i < width && row < last_row; ++row) {
            const double x = double(TypedRow(call.type, call.gradients, row * call.columns + column)[i]);
            total += x * x;
        }
        call.column_partials[block * call.tile_columns + i] = total;
    }
}

void adafactor_squares(
    void* stream, int32_t gradients_type, const void* gradients, double* row_partials, double* column_partials,
    int64_t block_begin, int64_t block_end,
    int64_t matrices, int64_t rows, int64_t columns, int64_t tiles, int64_t tile_columns, int64_t row_blocks) {
    if (block_end <= block_begin) return;
    launch(
        sum_squares_of_block, unsigned(block_end - block_begin), threads_of_squares, 0, stream,
        SquaresCall{
            gradients_type, gradients, row_partials, column_partials, block_begin, matrices, rows, columns, tiles,
            tile_columns, row_blocks});
}

}
