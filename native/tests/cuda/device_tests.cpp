// The library's own functions and the tests' hooks, for tests of the device's kernels, on a device or on the stand-in. What the
// tests allocate is memory of the host that the device reaches.
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <new>

#include "basin/basin.h"
#include "basin/cuda/runtime.h"
#include "device_tests.h"

namespace {

constexpr size_t pool_bytes = size_t(1) << 28, alignment = 256;

// Blocks of a power of two, of which those freed are linked through their first word.
struct Pool {
    unsigned char* begin = nullptr;
    size_t used = 0;
    void* freed[48] = {};
    std::mutex guard;

    static int size_class(size_t bytes) {
        int k = 8;
        while ((size_t(1) << k) < bytes) ++k;
        return k;
    }

    void* allocate(size_t bytes) {
        const std::lock_guard lock(guard);
        const int k = size_class(bytes);
        if (freed[k] != nullptr) {
            void* const block = freed[k];
            freed[k] = *static_cast<void**>(block);
            return block;
        }
        if (begin == nullptr || used + (size_t(1) << k) > pool_bytes) return nullptr;
        used += size_t(1) << k;
        return begin + used - (size_t(1) << k);
    }

    bool holds(const void* p) const {
        const auto* const at = static_cast<const unsigned char*>(p);
        return begin != nullptr && at >= begin && at < begin + pool_bytes;
    }

    void free(void* p, size_t bytes) {
        const std::lock_guard lock(guard);
        const int k = size_class(bytes);
        *static_cast<void**>(p) = freed[k];
        freed[k] = p;
    }
};

Pool pool;
float* one_factor = nullptr;

void require(int32_t error) {
    if (error == 0) return;
    std::printf("CUDA: %s\n", basin_cuda_error_text(error));
    std::exit(1);
}

// Before that, as inside of the runtime, memory is the host's.
const bool started = [] {
    void* memory = nullptr;
    require(basin_cuda_allocate_pinned(alignment, &memory));
    one_factor = static_cast<float*>(memory);
    require(basin_cuda_allocate_pinned(pool_bytes, &memory));
    pool.begin = static_cast<unsigned char*>(memory);
    return true;
}();

}

void* operator new(size_t bytes) {
    if (void* const block = pool.allocate(bytes); block != nullptr) return block;
    if (void* const block = std::malloc(bytes == 0 ? 1 : bytes); block != nullptr) return block;
    throw std::bad_alloc();
}

void operator delete(void* p, size_t bytes) noexcept {
    if (pool.holds(p)) {
        pool.free(p, bytes);
    } else {
        std::free(p);
    }
}

void operator delete(void* p) noexcept {
    if (!pool.holds(p)) std::free(p);
}

void finish() {
    require(basin_cuda_last_error());
    require(basin_cuda_stream_synchronize(nullptr));
}

const float* staged(const float* factor) {
    if (factor == nullptr) return nullptr;
    *one_factor = *factor;
    return one_factor;
}

int32_t basin_isa_count(void) { return 1; }
const char* basin_isa_name(int32_t) { return "device"; }
int32_t basin_isa_select(int32_t) { return 0; }
