// Elements of one tensor whose type is asked for at each group of neighbours, in branches that all threads take alike: one
// instance of a kernel serves every mixture of types.
#pragma once

#include "storage.h"

namespace basin::inline BASIN_ISA {

inline constexpr int elements_of_thread = 4;

using Elements = float[elements_of_thread];

__device__ inline void load_typed(int32_t type, const void* data, int64_t first, int64_t end, Elements& x) {
    if (type == BASIN_BF16) {
        load_group(static_cast<const BFloat16*>(data), first, end, 0.0f, x);
    } else if (type == BASIN_F16) {
        load_group(static_cast<const Float16*>(data), first, end, 0.0f, x);
    } else {
        load_group(static_cast<const float*>(data), first, end, 0.0f, x);
    }
}

template <int count>
__device__ void store_typed(int32_t type, void* data, int64_t first, int64_t end, const float (&x)[count]) {
    if (type == BASIN_BF16) {
        store_group(static_cast<BFloat16*>(data), first, end, x);
    } else if (type == BASIN_F16) {
        store_group(static_cast<Float16*>(data), first, end, x);
    } else {
        store_group(static_cast<float*>(data), first, end, x);
    }
}

BASIN_HD int64_t size_of(int32_t type) { return type == BASIN_F32 ? 4 : 2; }

// Null stays null.
template <class Void>
BASIN_HD Void* moved_by(int64_t elements, int32_t type, Void* data) {
    using Bytes = std::conditional_t<std::is_const_v<Void>, const unsigned char, unsigned char>;
    return data == nullptr ? nullptr : static_cast<Bytes*>(data) + elements * size_of(type);
}

// The value that storing x leaves.
BASIN_HD float rounded(int32_t type, float x) {
    if (type == BASIN_F32) return x;
    BFloat16 stored;
    round_to(x, stored);
    return widen(stored);
}

struct TypedRow {
    int32_t type;
    const void* data;  // or null

    __device__ TypedRow(int32_t storage, const void* first, int64_t offset)
        : type(storage), data(moved_by(offset, storage, first)) {}

    // Beyond the end 0.
    __device__ void get(int64_t first, int64_t end, Elements& x) const { load_typed(type, data, first, end, x); }

    __device__ float operator[](int64_t k) const {
        return type == BASIN_BF16 ? widen(static_cast<const BFloat16*>(data)[k])
            : type == BASIN_F16   ? widen(static_cast<const Float16*>(data)[k])
                                  : static_cast<const float*>(data)[k];
    }
};

}
