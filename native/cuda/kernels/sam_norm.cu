#include "block_sums.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

struct ScaledSquare {
    TypedRow weights, gradients;
    bool adaptive;
    double eta;

    __device__ double operator()(int64_t first, int64_t end) const {
        Elements g, w;
        double total = 0.0;
        gradients.get(first, end, g);
        if (adaptive) weights.get(first, end, w);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) {
            const double scaled = adaptive ? double(g[i]) * (double(::fabsf(w[i])) + eta) : double(g[i]);
            total += scaled * scaled;
        }
        return total;
    }
};

struct MakeScaledSquare {
    int32_t weights_type;
    const void* weights;
    int32_t gradients_type;
    const void* gradients;
    bool adaptive;
    double eta;

    __device__ ScaledSquare operator()() const {
        return {TypedRow(weights_type, weights, 0), TypedRow(gradients_type, gradients, 0), adaptive, eta};
    }
};

struct ScaledSquareOfRow {
    bool adaptive;
    double eta;

    __device__ ScaledSquare operator()(const TableRow& row) const {
        return {TypedRow(row.type(0), row.data(1), 0), TypedRow(row.type(2), row.data(3), 0), adaptive, eta};
    }
};

void sam_norm(
    void* stream, int32_t weights_type, const void* weights, int32_t gradients_type, const void* gradients,
    double* partials, int64_t block_begin, int64_t block_end, int64_t elements, int32_t adaptive, double eta) {
    sums_of_blocks(
        stream, partials, block_begin, block_end, elements,
        MakeScaledSquare{weights_type, weights, gradients_type, gradients, adaptive != 0, eta});
}

}

void basin_cuda_sam_norm_many(
    void* stream, const int64_t* table, int64_t rows, int64_t blocks, double* partials, int32_t adaptive, double eta) {
    basin::sums_of_blocks_many(stream, partials, {table, rows, blocks}, basin::ScaledSquareOfRow{adaptive != 0, eta});
}
