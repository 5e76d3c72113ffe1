// What kernels see of the device: the launch, and shared memory. Compiled by nvcc, or by the C++ compiler with the stand-in
// for the CUDA runtime first in its path.
#pragma once

#include <cuda_runtime.h>

#include <cstdint>
#include <cstring>

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

inline constexpr int warp = 32;
inline constexpr unsigned whole_warp = 0xFFFFFFFFu;

#if defined(__CUDACC__)
template <class... Parameter>
void allow_shared_memory(void (*kernel)(Parameter...), size_t bytes) {
    constexpr size_t without_asking = 48 * 1024;
    if (bytes > without_asking) cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize, int(bytes));
}
#endif

// grid blocks of `threads` threads, each with `shared_bytes` of shared memory. A failure to launch stays with the runtime,
// where basin_cuda_last_error finds it.
template <class... Parameter, class... Argument>
void launch(
    void (*kernel)(Parameter...), unsigned grid, unsigned threads, size_t shared_bytes, void* stream,
    Argument... arguments) {
    if (grid == 0) return;
#if defined(__CUDACC__)
    allow_shared_memory(kernel, shared_bytes);
    kernel<<<grid, threads, shared_bytes, static_cast<cudaStream_t>(stream)>>>(Parameter(arguments)...);
#else
    static_cast<void>(stream);
    standin::run(dim3(grid), dim3(threads), shared_bytes, [&] { kernel(Parameter(arguments)...); });
#endif
}

// The most shared memory that a block may have.
inline size_t most_shared_bytes() {
#if defined(__CUDACC__)
    int device = 0, bytes = 0;
    cudaGetDevice(&device);
    cudaDeviceGetAttribute(&bytes, cudaDevAttrMaxSharedMemoryPerBlockOptin, device);
    return size_t(bytes);
#else
    return standin::options().most_shared_bytes;
#endif
}

// 16 bytes from the device's memory to shared memory, both at multiples of 16, without waiting: the thread that asks for them
// has them after wait_for_copies.
__device__ inline void copy_async(void* shared, const void* from) {
#if defined(__CUDACC__)
    const unsigned to = unsigned(__cvta_generic_to_shared(shared));
    asm volatile("cp.async.cg.shared.global [%0], [%1], 16;" ::"r"(to), "l"(from) : "memory");
#else
    memcpy(shared, from, 16);
#endif
}

__device__ inline void wait_for_copies() {
#if defined(__CUDACC__)
    asm volatile("cp.async.wait_all;" ::: "memory");
#endif
}

// 2^x by the device's own instruction, within 2^-22 of it; what is below the smallest normal number is 0.
__device__ inline float fast_exp2(float x) {
#if defined(__CUDACC__)
    float result;
    asm("ex2.approx.ftz.f32 %0, %1;" : "=f"(result) : "f"(x));
    return result;
#else
    return ::exp2f(x);
#endif
}

// How many blocks of a kernel fill the device.
template <class... Parameter>
unsigned blocks_of_device(void (*kernel)(Parameter...), unsigned threads, size_t shared_bytes) {
#if defined(__CUDACC__)
    int device = 0, multiprocessors = 1, blocks = 1;
    cudaGetDevice(&device);
    cudaDeviceGetAttribute(&multiprocessors, cudaDevAttrMultiProcessorCount, device);
    allow_shared_memory(kernel, shared_bytes);
    cudaOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel, int(threads), shared_bytes);
    return unsigned(multiprocessors) * unsigned(blocks < 1 ? 1 : blocks);
#else
    static_cast<void>(kernel), static_cast<void>(threads), static_cast<void>(shared_bytes);
    return 3;
#endif
}

__device__ inline unsigned char* shared_memory() {
#if defined(__CUDACC__)
    extern __shared__ __align__(16) unsigned char shared[];
    return shared;
#else
    return standin::shared_memory();
#endif
}

// An array in shared memory; the stand-in looks at who touches what between two barriers.
template <class T>
struct SharedArray {
    T* data;

    __device__ T get(int64_t i) const {
#if !defined(__CUDACC__)
        standin::note_read(data + i, sizeof(T));
#endif
        return data[i];
    }
    __device__ void set(int64_t i, T value) const {
#if !defined(__CUDACC__)
        standin::note_write(data + i, sizeof(T));
#endif
        data[i] = value;
    }
};

}
