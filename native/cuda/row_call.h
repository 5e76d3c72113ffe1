// A call of a loss over rows of logits, as it crosses the seam; all pointers are the device's.
#pragma once

#include "storage.h"

namespace basin::inline BASIN_ISA {

struct RowCall {
    const void* logits;
    int64_t logits_stride;
    const int32_t* targets;  // null where target probabilities stand for them
    int32_t ignore_index;
    int32_t weights_type;
    const void* weights;     // class weights, at stride 0, or target probabilities; null = 1
    int64_t weights_stride;
    const float* row_weights;
    int32_t gradient_type;
    void* gradient;          // or null
    int64_t gradient_stride;
    double gradient_scale;
    const float* gradient_factor;
    int64_t row_begin, row_end, classes;
    double logit_scale;
};

struct RowResults {
    float* losses;    // each or null
    float* lse;
    int32_t* argmax;
};

inline constexpr int64_t no_target = -1;

// What a row's target and weight say, before any of its logits. Labels in the device's memory cannot be looked at before the
// call: one that is neither a class nor to be ignored is not used as an index, its loss is NaN and its gradient 0.
struct RowTarget {
    int64_t target;
    bool ignored, misplaced;
    double weight, gradient_factor;

    __device__ RowTarget(const RowCall& call, int64_t row)
        : target(call.targets == nullptr ? no_target : call.targets[row]),
          ignored(call.targets != nullptr && target == call.ignore_index),
          misplaced(call.targets != nullptr && !ignored && (target < 0 || target >= call.classes)),
          weight(call.row_weights == nullptr ? 1.0 : double(call.row_weights[row])),
          gradient_factor(folded(call.gradient_scale, call.gradient_factor) * weight * call.logit_scale) {
        if (ignored || misplaced) target = no_target;
    }

    __device__ bool has_target() const { return target != no_target; }
    __device__ bool counts() const { return !ignored && !misplaced; }
};

// The row's weights, of a type that is asked for at each: few rows have any.
struct RowWeights {
    int32_t type;
    const void* data;  // null = 1

    __device__ RowWeights(const RowCall& call, int64_t row) : type(call.weights_type), data(nullptr) {
        if (call.weights == nullptr) return;
        const int64_t size = type == BASIN_BF16 ? int64_t(sizeof(BFloat16)) : int64_t(sizeof(float));
        data = static_cast<const unsigned char*>(call.weights) + row * call.weights_stride * size;
    }

    __device__ float operator[](int64_t k) const {
        if (data == nullptr) return 1.0f;
        return type == BASIN_BF16 ? widen(static_cast<const BFloat16*>(data)[k]) : static_cast<const float*>(data)[k];
    }
};

template <int count>
__device__ void store_gradient(const RowCall& call, int64_t row, int64_t first, const float (&values)[count]) {
    const int64_t offset = row * call.gradient_stride;
    if (call.gradient_type == BASIN_BF16) {
        store_group(static_cast<BFloat16*>(call.gradient) + offset, first, call.classes, values);
    } else {
        store_group(static_cast<float*>(call.gradient) + offset, first, call.classes, values);
    }
}

}
