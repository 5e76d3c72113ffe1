#include "basin/cuda/runtime.h"

#include <cuda_runtime.h>

#include <cstring>

namespace {

cudaStream_t stream_of(void* stream) { return static_cast<cudaStream_t>(stream); }
cudaEvent_t event_of(void* event) { return static_cast<cudaEvent_t>(event); }

}

int32_t basin_cuda_device_count(int32_t* count) {
    *count = 0;
    return cudaGetDeviceCount(count);
}

int32_t basin_cuda_device_select(int32_t device) { return cudaSetDevice(device); }

int32_t basin_cuda_device_describe(
    char* name, int64_t size, int64_t* memory_bytes, int32_t* capability, int32_t* multiprocessors) {
    int device = 0;
    cudaDeviceProp properties;
    if (const cudaError_t error = cudaGetDevice(&device); error != cudaSuccess) return error;
    if (const cudaError_t error = cudaGetDeviceProperties(&properties, device); error != cudaSuccess) return error;
    if (name != nullptr && size > 0) {
        std::strncpy(name, properties.name, size_t(size));
        name[size - 1] = 0;
    }
    if (memory_bytes != nullptr) *memory_bytes = int64_t(properties.totalGlobalMem);
    if (capability != nullptr) *capability = 10 * properties.major + properties.minor;
    if (multiprocessors != nullptr) *multiprocessors = properties.multiProcessorCount;
    return cudaSuccess;
}

int32_t basin_cuda_is_device_memory(const void* pointer, int32_t* answer) {
    cudaPointerAttributes attributes;
    const cudaError_t error = cudaPointerGetAttributes(&attributes, pointer);
    *answer = error == cudaSuccess && (attributes.type == cudaMemoryTypeDevice || attributes.type == cudaMemoryTypeManaged);
    return error;
}

int32_t basin_cuda_last_error(void) { return cudaGetLastError(); }
const char* basin_cuda_error_text(int32_t error) { return cudaGetErrorString(cudaError_t(error)); }

int32_t basin_cuda_allocate(int64_t bytes, void** memory) { return cudaMalloc(memory, size_t(bytes)); }
int32_t basin_cuda_free(void* memory) { return cudaFree(memory); }
int32_t basin_cuda_allocate_pinned(int64_t bytes, void** memory) { return cudaMallocHost(memory, size_t(bytes)); }
int32_t basin_cuda_free_pinned(void* memory) { return cudaFreeHost(memory); }

int32_t basin_cuda_copy(void* stream, void* to, const void* from, int64_t bytes) {
    return cudaMemcpyAsync(to, from, size_t(bytes), cudaMemcpyDefault, stream_of(stream));
}

int32_t basin_cuda_fill(void* stream, void* memory, int32_t byte, int64_t bytes) {
    return cudaMemsetAsync(memory, byte, size_t(bytes), stream_of(stream));
}

int32_t basin_cuda_stream_create(void** stream) {
    cudaStream_t made = nullptr;
    const cudaError_t error = cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking);
    *stream = made;
    return error;
}

int32_t basin_cuda_stream_destroy(void* stream) { return cudaStreamDestroy(stream_of(stream)); }
int32_t basin_cuda_stream_synchronize(void* stream) { return cudaStreamSynchronize(stream_of(stream)); }

int32_t basin_cuda_event_create(void** event) {
    cudaEvent_t made = nullptr;
    const cudaError_t error = cudaEventCreate(&made);
    *event = made;
    return error;
}

int32_t basin_cuda_event_destroy(void* event) { return cudaEventDestroy(event_of(event)); }

int32_t basin_cuda_event_record(void* event, void* stream) { return cudaEventRecord(event_of(event), stream_of(stream)); }

int32_t basin_cuda_event_elapsed(void* first, void* second, float* milliseconds) {
    if (const cudaError_t error = cudaEventSynchronize(event_of(second)); error != cudaSuccess) return error;
    return cudaEventElapsedTime(milliseconds, event_of(first), event_of(second));
}
