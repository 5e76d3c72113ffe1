// Numbers of a call that are few beside what they were made from: one a row, in f32 or f64 (to read, bf16 too), computed in f64. What is done with
// them is the same code for the CPU and the device: a struct with operator()(i), called for each i of a range.
#pragma once

#include <string.h>

#include "basin/types.h"
#include "formula/value.h"

namespace basin::inline BASIN_ISA {

struct ReadScalars {
    int32_t type;
    const void* data;

    BASIN_HD double operator[](int64_t i) const {
        if (type == BASIN_BF16) {
            const uint32_t bits = uint32_t(static_cast<const uint16_t*>(data)[i]) << 16;
            float value;
            memcpy(&value, &bits, sizeof value);
            return double(value);
        }
        return type == BASIN_F64 ? static_cast<const double*>(data)[i] : double(static_cast<const float*>(data)[i]);
    }
};

struct WriteScalars {
    int32_t type;
    void* data;  // or null

    BASIN_HD void set(int64_t i, double value) const {
        if (data == nullptr) return;
        if (type == BASIN_F64) {
            static_cast<double*>(data)[i] = value;
        } else {
            static_cast<float*>(data)[i] = float(value);
        }
    }
};

}
