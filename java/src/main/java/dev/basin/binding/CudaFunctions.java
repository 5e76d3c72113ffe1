package dev.basin.binding;

import java.lang.foreign.MemorySegment;

/**
 * What Basin needs of the CUDA runtime: the C functions of {@code basin/cuda/runtime.h} under the names that the binders give
 * them, {@code cudaCopy} for {@code basin_cuda_copy}. Those that answer with an int answer with the runtime's error, or 0.
 */
interface CudaFunctions {
    int cudaDeviceCount(MemorySegment count);

    int cudaDeviceDescribe(
            MemorySegment name, long size, MemorySegment memoryBytes, MemorySegment capability, MemorySegment multiprocessors);

    int cudaIsDeviceMemory(MemorySegment pointer, MemorySegment answer);

    int cudaLastError();

    MemorySegment cudaErrorText(int error);

    int cudaAllocate(long bytes, MemorySegment memory);

    int cudaFree(MemorySegment memory);

    int cudaAllocatePinned(long bytes, MemorySegment memory);

    int cudaCopy(MemorySegment stream, MemorySegment to, MemorySegment from, long bytes);

    int cudaFill(MemorySegment stream, MemorySegment memory, int value, long bytes);

    int cudaStreamSynchronize(MemorySegment stream);

    int cudaEventCreate(MemorySegment event);

    int cudaEventDestroy(MemorySegment event);

    int cudaEventRecord(MemorySegment event, MemorySegment stream);

    int cudaEventElapsed(MemorySegment first, MemorySegment second, MemorySegment milliseconds);
}
