#include "kernels.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {
namespace {

constexpr unsigned threads_of_streams = 256;

struct Streams {
    float* updates[3];
    const float* reads[3];
    float* writes[2];
};

// Lets the compiler believe that the value is used.
__device__ void keep(float x) {
#if defined(__CUDA_ARCH__)
    asm volatile("" : : "f"(x));
#else
    static_cast<void>(x);
#endif
}

__device__ void add(const float* from, int64_t first, int64_t end, Elements& sum) {
    Elements x;
    load_group(from, first, end, 0.0f, x);
#pragma unroll
    for (int i = 0; i < elements_of_thread; ++i) {
        sum[i] += x[i];
        keep(sum[i]);
    }
}

__device__ void halve_and_add(float* to, int64_t first, int64_t end, const Elements& sum) {
    Elements x;
    load_group(to, first, end, 0.0f, x);
#pragma unroll
    for (int i = 0; i < elements_of_thread; ++i) x[i] = x[i] * 0.5f + sum[i];
    store_group(to, first, end, x);
}

__global__ void __launch_bounds__(threads_of_streams) stream_elements(int64_t begin, int64_t end, Streams streams) {
    const int64_t first = begin + (int64_t(blockIdx.x) * threads_of_streams + threadIdx.x) * elements_of_thread;
    if (first >= end) return;
    Elements sum = {};
    for (const float* read : streams.reads) {
        if (read != nullptr) add(read, first, end, sum);
    }
    for (float* update : streams.updates) {
        if (update != nullptr) halve_and_add(update, first, end, sum);
    }
    for (float* write : streams.writes) {
        if (write != nullptr) store_group(write, first, end, sum);
    }
}

}

// What non_temporal asks for the device does by itself: its L2 cache is too small to matter.
void stream(
    void* cuda_stream, float* update0, float* update1, float* update2, const float* read0, const float* read1,
    const float* read2, float* write0, float* write1, int64_t begin, int64_t end, int32_t) {
    constexpr int64_t of_block = int64_t(threads_of_streams) * elements_of_thread;
    if (end <= begin) return;
    launch(
        stream_elements, unsigned((end - begin + of_block - 1) / of_block), threads_of_streams, 0, cuda_stream, begin, end,
        Streams{{update0, update1, update2}, {read0, read1, read2}, {write0, write1}});
}

}
