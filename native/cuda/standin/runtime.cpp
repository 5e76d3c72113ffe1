// The runtime's functions over the host's memory.
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "cuda_runtime.h"

namespace {

std::mutex guard;
std::map<const unsigned char*, size_t> allocations;
std::string told;

cudaError_t allocate(void** memory, size_t bytes) {
    const size_t rounded = (bytes + 255) / 256 * 256;
    *memory = std::aligned_alloc(256, rounded == 0 ? 256 : rounded);
    if (*memory == nullptr) return cudaErrorMemoryAllocation;
    std::memset(*memory, 0xFF, rounded);
    return cudaSuccess;
}

}

struct standin_event {
    std::chrono::steady_clock::time_point time;
};

cudaError_t cudaGetDeviceCount(int* count) {
    *count = standin::options().without_driver ? 0 : 1;
    return standin::options().without_driver ? cudaErrorInsufficientDriver : cudaSuccess;
}
cudaError_t cudaSetDevice(int) { return cudaSuccess; }
cudaError_t cudaGetDevice(int* device) {
    *device = 0;
    return cudaSuccess;
}
cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int) {
    *properties = {"stand-in", size_t(1) << 32, 0, 0, 1};
    return cudaSuccess;
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer) {
    const std::lock_guard lock(guard);
    auto after = allocations.upper_bound(static_cast<const unsigned char*>(pointer));
    attributes->type = cudaMemoryTypeUnregistered;
    if (after == allocations.begin()) return cudaSuccess;
    --after;
    if (static_cast<const unsigned char*>(pointer) < after->first + after->second) attributes->type = cudaMemoryTypeDevice;
    return cudaSuccess;
}

cudaError_t cudaGetLastError() {
    if (standin::error().empty()) return cudaSuccess;
    told = standin::error();
    standin::reset();
    return cudaErrorLaunchFailure;
}

const char* cudaGetErrorString(cudaError_t error) {
    return error == cudaSuccess ? "no error" : error == cudaErrorMemoryAllocation ? "out of memory" : told.c_str();
}

cudaError_t cudaMalloc(void** memory, size_t bytes) {
    const cudaError_t error = allocate(memory, bytes);
    const std::lock_guard lock(guard);
    if (error == cudaSuccess) allocations[static_cast<const unsigned char*>(*memory)] = bytes;
    return error;
}
cudaError_t cudaFree(void* memory) {
    const std::lock_guard lock(guard);
    allocations.erase(static_cast<const unsigned char*>(memory));
    std::free(memory);
    return cudaSuccess;
}
cudaError_t cudaMallocHost(void** memory, size_t bytes) { return allocate(memory, bytes); }
cudaError_t cudaFreeHost(void* memory) {
    std::free(memory);
    return cudaSuccess;
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind, cudaStream_t) {
    std::memcpy(to, from, bytes);
    return cudaSuccess;
}
cudaError_t cudaMemsetAsync(void* memory, int byte, size_t bytes, cudaStream_t) {
    std::memset(memory, byte, bytes);
    return cudaSuccess;
}

cudaError_t cudaStreamCreateWithFlags(cudaStream_t* stream, unsigned) {
    *stream = nullptr;
    return cudaSuccess;
}
cudaError_t cudaStreamDestroy(cudaStream_t) { return cudaSuccess; }
cudaError_t cudaStreamSynchronize(cudaStream_t) { return cudaSuccess; }

cudaError_t cudaEventCreate(cudaEvent_t* event) {
    *event = new standin_event{};
    return cudaSuccess;
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
    delete event;
    return cudaSuccess;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t) {
    event->time = std::chrono::steady_clock::now();
    return cudaSuccess;
}
cudaError_t cudaEventSynchronize(cudaEvent_t) { return cudaSuccess; }
cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t first, cudaEvent_t second) {
    *milliseconds = std::chrono::duration<float, std::milli>(second->time - first->time).count();
    return cudaSuccess;
}
