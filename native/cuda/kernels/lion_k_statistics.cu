#include "formula/lion_k.h"

#include "block_sums.h"
#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

// -u of a group of neighbours, or the gradients alone where there is no momentum.
struct LionValues {
    ReadScaled gradients;
    Read momentum;
    LionInterpolation u;

    __device__ void get(int64_t first, int64_t end, Elements& z) const {
        gradients.get(first, end, z);
        if (momentum.data == nullptr) return;
        Elements m;
        momentum.get(first, end, m);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) z[i] = -u.at(z[i], m[i]);
    }
};

struct LionStatisticsCall {
    LionValues values;
    double *scales, *sums;
    int64_t block_begin, elements;
    int32_t statistic;
    double smoothing, power;
};

// Combines what take(own, z) makes of the numbers of a block in order, over its threads.
template <class T, class Take, class Combine>
__device__ T over_block(const LionStatisticsCall& call, BlockTeam team, T nothing, Take take, Combine combine) {
    const int64_t begin = (call.block_begin + int64_t(blockIdx.x)) * block_elements;
    const int64_t end = call.elements - begin < block_elements ? call.elements : begin + block_elements;
    T own = nothing;
    for (int64_t first = begin + int64_t(team.rank()) * elements_of_thread; first < end;
         first += int64_t(team.size()) * elements_of_thread) {
        Elements z;
        call.values.get(first, end, z);
        for (int i = 0; i < elements_of_thread && first + i < end; ++i) own = take(own, z[i]);
    }
    return team.combine(own, combine);
}

template <class Term>
__device__ double sum_of_terms(const LionStatisticsCall& call, BlockTeam team, Term term) {
    return over_block(call, team, 0.0, [=](double own, float z) { return own + double(term(z)); }, Add{});
}

__global__ void __launch_bounds__(threads_of_sum) measure_blocks(LionStatisticsCall call) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    double scale = 1.0, sum = 0.0;
    if (call.statistic == powers_of_all) {
        const float most = over_block(call, team, 0.0f, [](float own, float z) { return max(max(z, -z), own); }, TakeLarger{});
        scale = double(most);
        sum = sum_of_terms(call, team, PowerTerm(most, call.power));
    } else if (call.statistic == exponentials_of_all) {
        const float most = over_block(call, team, -HUGE_VALF, [](float own, float z) { return max(z, own); }, TakeLarger{});
        scale = double(most);
        sum = sum_of_terms(call, team, ExponentialTerm(most, call.smoothing));
    } else {
        sum = over_block(call, team, 0.0, [](double own, float z) { return own + double(z) * double(z); }, Add{});
    }
    if (team.rank() != 0) return;
    call.scales[call.block_begin + int64_t(blockIdx.x)] = scale;
    call.sums[call.block_begin + int64_t(blockIdx.x)] = sum;
}

void lion_k_statistics(
    void* stream, int32_t gradients_type, const void* gradients, int32_t state_type, const void* momentum,
    const float* grad_factor, double* scales, double* sums, int64_t block_begin, int64_t block_end, int64_t elements,
    int32_t statistic, double beta1, double smoothing, double power, double grad_scale) {
    if (block_end <= block_begin) return;
    const LionValues values{
        ReadScaled{gradients_type, gradients, grad_scale, grad_factor}, Read{state_type, momentum}, LionInterpolation(beta1)};
    launch(
        measure_blocks, unsigned(block_end - block_begin), threads_of_sum, BlockTeam::room_bytes, stream,
        LionStatisticsCall{values, scales, sums, block_begin, elements, statistic, smoothing, power});
}

}
