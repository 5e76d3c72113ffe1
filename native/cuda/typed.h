// Elements one at a time, widened as they are read and rounded as they are written: for what goes by scalars.
#pragma once

#include "typed_row.h"

namespace basin::inline BASIN_ISA {

struct TypedValues {
    int32_t type;
    const void* data;

    __device__ float operator[](int64_t i) const { return TypedRow(type, data, 0)[i]; }
};

struct TypedResults {
    int32_t type;
    void* data;

    __device__ void set(int64_t i, float x) const {
        const float one[1] = {x};
        store_typed(type, data, i, i + 1, one);
    }
};

}
