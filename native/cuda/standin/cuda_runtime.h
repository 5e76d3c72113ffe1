// Stands in for the CUDA runtime where there is no device: the same kernels, compiled by the C++ compiler, run on fibers, one
// a thread, in an order drawn at random between barriers. It finds removed and divergent barriers, partial warps, and races
// on shared memory between barriers (through SharedArray); it is blind to memory ordering, registers and speed.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __restrict__

struct dim3 {
    unsigned x, y, z;
    dim3(unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x(x_), y(y_), z(z_) {}
};

struct alignas(8) uint2 {
    unsigned x, y;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};

// Of the fiber that runs.
inline dim3 threadIdx, blockIdx, blockDim, gridDim;

// What cuda/runtime.cu uses of the runtime. Memory is the host's, filled with NaN when it is new; calls are done when they
// return, and what a kernel did wrong is an error until it is asked for.
using cudaStream_t = struct standin_stream*;
using cudaEvent_t = struct standin_event*;
enum cudaError_t : int { cudaSuccess = 0, cudaErrorMemoryAllocation = 2, cudaErrorInsufficientDriver = 35, cudaErrorLaunchFailure = 719 };
enum cudaMemcpyKind { cudaMemcpyDefault = 4 };
enum cudaMemoryType { cudaMemoryTypeUnregistered = 0, cudaMemoryTypeHost = 1, cudaMemoryTypeDevice = 2, cudaMemoryTypeManaged = 3 };
constexpr unsigned cudaStreamNonBlocking = 1;

struct cudaPointerAttributes {
    cudaMemoryType type;
};

struct cudaDeviceProp {
    char name[256];
    size_t totalGlobalMem;
    int major, minor, multiProcessorCount;
};

cudaError_t cudaGetDeviceCount(int* count);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDevice(int* device);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int device);
cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer);
cudaError_t cudaGetLastError();
const char* cudaGetErrorString(cudaError_t error);
cudaError_t cudaMalloc(void** memory, size_t bytes);
cudaError_t cudaFree(void* memory);
cudaError_t cudaMallocHost(void** memory, size_t bytes);
cudaError_t cudaFreeHost(void* memory);
cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaMemsetAsync(void* memory, int byte, size_t bytes, cudaStream_t stream);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t stream);
cudaError_t cudaStreamSynchronize(cudaStream_t stream);
cudaError_t cudaEventCreate(cudaEvent_t* event);
cudaError_t cudaEventDestroy(cudaEvent_t event);
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream);
cudaError_t cudaEventSynchronize(cudaEvent_t event);
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t first, cudaEvent_t second);

namespace standin {

struct Options {
    uint64_t seed = 1;
    int skipped_barrier = -1;  // which of a block's barriers is left out, as if it had been forgotten
    bool without_driver = false;  // as on a machine that has no device
    size_t most_shared_bytes = 227 * 1024;  // that a block may have, as on an H100
};

Options& options();

// What went wrong since the last reset, or "".
const std::string& error();
void reset();
void fail(const std::string& reason);

void run(dim3 grid, dim3 block, size_t shared_bytes, const std::function<void()>& kernel);
int64_t launches();  // how many there have been

// Of the block that runs.
unsigned char* shared_memory();
int thread();
int epoch();  // how many barriers the block has passed

void wait_for_block();
// All lanes of a warp give a value of 8 bytes; each gets that of another lane.
uint64_t exchange(uint64_t value, int from_lane);

void note_read(const void* address, size_t size);
void note_write(const void* address, size_t size);

template <class T>
uint64_t packed(T value) {
    static_assert(sizeof(T) <= 8);
    uint64_t bits = 0;
    __builtin_memcpy(&bits, &value, sizeof value);
    return bits;
}

template <class T>
T unpacked(uint64_t bits) {
    T value;
    __builtin_memcpy(&value, &bits, sizeof value);
    return value;
}

}

inline void __syncthreads() { standin::wait_for_block(); }

template <class T>
T __shfl_xor_sync(unsigned, T value, int mask) {
    return standin::unpacked<T>(standin::exchange(standin::packed(value), (standin::thread() % 32) ^ mask));
}

template <class T>
T __shfl_sync(unsigned, T value, int lane) {
    return standin::unpacked<T>(standin::exchange(standin::packed(value), lane));
}
