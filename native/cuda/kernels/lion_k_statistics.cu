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

struct LionBlock {
    const LionStatisticsCall& call;
    BlockTeam team;
    int64_t block;

    // What take(own, z) makes of a thread's numbers one after the other, combined over the threads.
    template <class T, class Take, class Combine>
    __device__ T over(T nothing, Take take, Combine combine) const {
        const auto take_all = [&](T own, int64_t first, int64_t end) {
            Elements z;
            call.values.get(first, end, z);
            for (int i = 0; i < elements_of_thread && first + i < end; ++i) own = take(own, z[i]);
            return own;
        };
        return over_block(team, block, call.elements, nothing, take_all, combine);
    }

    template <class Term>
    __device__ double sum_of(Term term) const {
        return over(0.0, [=](double own, float z) { return own + double(term(z)); }, Add{});
    }
};

__global__ void __launch_bounds__(threads_of_sum) measure_blocks(LionStatisticsCall call) {
    const LionBlock of{
        call, BlockTeam{{reinterpret_cast<double*>(shared_memory())}}, call.block_begin + int64_t(blockIdx.x)};
    double scale = 1.0, sum = 0.0;
    if (call.statistic == powers_of_all) {
        const float most = of.over(0.0f, [](float own, float z) { return max(max(z, -z), own); }, TakeLarger{});
        scale = double(most);
        sum = of.sum_of(PowerTerm(most, call.power));
    } else if (call.statistic == exponentials_of_all) {
        const float most = of.over(-HUGE_VALF, [](float own, float z) { return max(z, own); }, TakeLarger{});
        scale = double(most);
        sum = of.sum_of(ExponentialTerm(most, call.smoothing));
    } else {
        sum = of.over(0.0, [](double own, float z) { return own + double(z) * double(z); }, Add{});
    }
    if (of.team.rank() != 0) return;
    call.scales[of.block] = scale;
    call.sums[of.block] = sum;
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
