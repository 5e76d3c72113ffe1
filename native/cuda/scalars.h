#pragma once

#include "device.h"

namespace basin::inline BASIN_ISA {

inline constexpr unsigned threads_of_scalars = 128;

template <class Call>
__global__ void __launch_bounds__(threads_of_scalars) scalars_kernel(int64_t begin, int64_t end, Call call) {
    const int64_t i = begin + int64_t(blockIdx.x) * threads_of_scalars + int64_t(threadIdx.x);
    if (i < end) call(i);
}

template <class Call>
void for_scalars(void* stream, int64_t begin, int64_t end, const Call& call) {
    if (end <= begin) return;
    const unsigned blocks = unsigned((end - begin + threads_of_scalars - 1) / threads_of_scalars);
    launch(scalars_kernel<Call>, blocks, threads_of_scalars, 0, stream, begin, end, call);
}

}
