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
        if (type == BASIN_BF16) {
            round_to(x, static_cast<BFloat16*>(data)[i]);
        } else {
            static_cast<float*>(data)[i] = x;
        }
    }
};

}
