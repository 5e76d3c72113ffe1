// What a caller of the device's kernels needs of the CUDA runtime, which is inside libbasin_cuda: whether there is a device,
// memory on it, copies, streams, events. Kernels themselves are basin_cuda_<name>(void* stream, ...), with the parameters of
// basin_<name> and every pointer in the device's memory.
//
// Functions that return int32_t return 0, or the runtime's error; basin_cuda_error_text says what that means. A stream of null
// is the default stream.
#ifndef BASIN_CUDA_RUNTIME_H
#define BASIN_CUDA_RUNTIME_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// How many devices there are; 0 with an error, such as that of a missing driver.
BASIN_EXPORT int32_t basin_cuda_device_count(int32_t* count);
BASIN_EXPORT int32_t basin_cuda_device_select(int32_t device);
// Of the selected device: its name, at most `size` bytes with the final 0, bytes of memory, 10 * major + minor of its
// compute capability, and the number of multiprocessors. Each pointer may be null.
BASIN_EXPORT int32_t basin_cuda_device_describe(
    char* name, int64_t size, int64_t* memory_bytes, int32_t* capability, int32_t* multiprocessors);

// Whether kernels can use the memory without a copy, and the host cannot, or not as fast: 1 or 0.
BASIN_EXPORT int32_t basin_cuda_is_device_memory(const void* pointer, int32_t* answer);

// The error of the last launch or call, which is forgotten with it; launches report theirs nowhere else.
BASIN_EXPORT int32_t basin_cuda_last_error(void);
BASIN_EXPORT const char* basin_cuda_error_text(int32_t error);

BASIN_EXPORT int32_t basin_cuda_allocate(int64_t bytes, void** memory);
BASIN_EXPORT int32_t basin_cuda_free(void* memory);
// Memory of the host that copies need not stage.
BASIN_EXPORT int32_t basin_cuda_allocate_pinned(int64_t bytes, void** memory);
BASIN_EXPORT int32_t basin_cuda_free_pinned(void* memory);

// Between host and device in either direction, in the order of the stream.
BASIN_EXPORT int32_t basin_cuda_copy(void* stream, void* to, const void* from, int64_t bytes);
BASIN_EXPORT int32_t basin_cuda_fill(void* stream, void* memory, int32_t byte, int64_t bytes);

BASIN_EXPORT int32_t basin_cuda_stream_create(void** stream);
BASIN_EXPORT int32_t basin_cuda_stream_destroy(void* stream);
BASIN_EXPORT int32_t basin_cuda_stream_synchronize(void* stream);

BASIN_EXPORT int32_t basin_cuda_event_create(void** event);
BASIN_EXPORT int32_t basin_cuda_event_destroy(void* event);
BASIN_EXPORT int32_t basin_cuda_event_record(void* event, void* stream);
// Waits for the second.
BASIN_EXPORT int32_t basin_cuda_event_elapsed(void* first, void* second, float* milliseconds);

#ifdef __cplusplus
}
#endif

#endif
