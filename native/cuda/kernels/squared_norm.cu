#include "block_sums.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

// In f64, where no square of an f32 overflows.
struct Square {
    TypedRow values;

    __device__ double operator()(int64_t first, int64_t end) const {
        Elements x;
        double total = 0.0;
        values.get(first, end, x);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) total += double(x[i]) * double(x[i]);
        return total;
    }
};

struct MakeSquare {
    int32_t type;
    const void* values;

    __device__ Square operator()() const { return {TypedRow(type, values, 0)}; }
};

struct SquareOfRow {
    __device__ Square operator()(const TableRow& row) const { return {TypedRow(row.type(0), row.data(1), 0)}; }
};

void squared_norm(
    void* stream, int32_t values_type, const void* values, double* partials, int64_t block_begin, int64_t block_end,
    int64_t elements) {
    sums_of_blocks(stream, partials, block_begin, block_end, elements, MakeSquare{values_type, values});
}

}

void basin_cuda_squared_norm_many(void* stream, const int64_t* table, int64_t rows, int64_t blocks, double* partials) {
    basin::sums_of_blocks_many(stream, partials, {table, rows, blocks}, basin::SquareOfRow{});
}
