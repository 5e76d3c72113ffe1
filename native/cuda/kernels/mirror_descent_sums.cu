#include "block_sums.h"
#include "kernels.h"
#include "scalars/online.h"

namespace basin::inline BASIN_ISA {

struct RoundTensors {
    const float* center;
    const float* grad;
    const float* past_hint;  // or null
    const float* hint;
    bool products;
};

__device__ inline void add_terms(const RoundTensors& round, int64_t first, int64_t end, double* totals) {
    Elements x, g, p, m;
    load_group(round.grad, first, end, 0.0f, g);
    if (round.past_hint != nullptr) load_group(round.past_hint, first, end, 0.0f, p);
    if (round.products) {
        load_group(round.center, first, end, 0.0f, x);
        load_group(round.hint, first, end, 0.0f, m);
    }
#pragma unroll
    for (int i = 0; i < elements_of_thread; ++i) {
        const double error = double(g[i]) - (round.past_hint == nullptr ? 0.0 : double(p[i]));
        totals[0] += error * error;
        if (!round.products) continue;
        totals[1] += double(x[i]) * double(x[i]);
        totals[2] += double(x[i]) * double(g[i]);
        totals[3] += double(g[i]) * double(g[i]);
        totals[4] += double(x[i]) * double(m[i]);
        totals[5] += double(g[i]) * double(m[i]);
        totals[6] += double(m[i]) * double(m[i]);
    }
}

__global__ void __launch_bounds__(threads_of_sum)
    sum_rounds(double* partials, int64_t block_begin, int64_t elements, RoundTensors round) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t block = block_begin + int64_t(blockIdx.x), begin = block * block_elements;
    const int64_t end = elements - begin < block_elements ? elements : begin + block_elements;
    double totals[mirror_descent_sums_of_block] = {};
    for (int64_t first = begin + int64_t(team.rank()) * elements_of_thread; first < end;
         first += int64_t(team.size()) * elements_of_thread) {
        add_terms(round, first, end, totals);
    }
    for (int k = 0; k < mirror_descent_sums_of_block; ++k) {
        const double total = team.combine(totals[k], Add{});
        if (team.rank() == 0) partials[block * mirror_descent_sums_of_block + k] = total;
    }
}

void mirror_descent_sums(
    void* stream,
    int32_t, const void* center, const void* grad, const void* past_hint, const void* hint, double* partials,
    int64_t block_begin, int64_t block_end, int64_t elements, int32_t products) {
    const RoundTensors round{
        static_cast<const float*>(center), static_cast<const float*>(grad), static_cast<const float*>(past_hint),
        static_cast<const float*>(hint), products != 0};
    launch(
        sum_rounds, unsigned(block_end - block_begin), threads_of_sum, BlockTeam::room_bytes, stream, partials, block_begin, elements,
        round);
}

}
