// A call of a loss over rows of logits, as it crosses the seam, and its rows, typed.
#pragma once

#include "storage.h"

namespace basin::inline BASIN_ISA {

struct RowCall {
    const void* logits;
    int64_t logits_stride;
    const int32_t* targets;  // null where target probabilities stand for them
    int32_t ignore_index;
    const void* weights;     // class weights, at stride 0, or target probabilities; null = 1
    int64_t weights_stride;
    const float* row_weights;
    void* gradient;          // or null
    int64_t gradient_stride;
    double gradient_scale;
    int64_t row_begin, row_end, classes;
    double logit_scale;
};

struct RowResults {
    float* losses;    // each or null
    float* lse;
    int32_t* argmax;
};

inline constexpr int64_t no_target = -1;

// What a row's target and weight say, before any of its logits.
struct RowTarget {
    int64_t target;
    bool ignored;
    bool misplaced;    // a target that is neither a class nor to be ignored; it is not used as an index
    double weight;
    double gradient_factor;

    RowTarget() = default;
    RowTarget(const RowCall& call, int64_t row)
        : target(call.targets == nullptr ? no_target : call.targets[row]),
          ignored(call.targets != nullptr && target == call.ignore_index),
          misplaced(call.targets != nullptr && !ignored && (target < 0 || target >= call.classes)),
          weight(call.row_weights == nullptr ? 1.0 : double(call.row_weights[row])),
          gradient_factor(call.gradient_scale * weight * call.logit_scale) {
        if (ignored || misplaced) target = no_target;
    }

    bool has_target() const { return target != no_target; }
    bool counts() const { return !ignored && !misplaced; }
};

template <class L, class W, class G>
struct Row : RowTarget {
    const L* logits;
    const L* next;     // the logits of the row after it, not to be read
    const W* weights;
    G* gradient;

    Row() = default;
    Row(const RowCall& call, int64_t row)
        : RowTarget(call, row), logits(static_cast<const L*>(call.logits) + row * call.logits_stride),
          next(logits + call.logits_stride),
          weights(call.weights == nullptr ? nullptr : static_cast<const W*>(call.weights) + row * call.weights_stride),
          gradient(call.gradient == nullptr ? nullptr : static_cast<G*>(call.gradient) + row * call.gradient_stride) {}

    double weight_of(int64_t k) const { return weights == nullptr ? 1.0 : double(widen(weights[k])); }
};

}
