// First pass of the row driver: the sums over a row, chunk by chunk under a running maximum, and the statistics that
// follow from them.
#pragma once

#include "formula/row.h"
#include "row_call.h"
#include "row_passes.h"

namespace basin::inline BASIN_ISA {

// A chunk is read from memory for its maximum and from the first-level cache for its exponentials. Rows so long that
// there would be more than `most_chunks` have longer chunks.
inline constexpr int64_t shortest_chunk = 1024;
inline constexpr int64_t most_chunks = 256;

inline int64_t chunk_length(int64_t classes) {
    const int64_t needed = (classes + most_chunks - 1) / most_chunks;
    return needed <= shortest_chunk ? shortest_chunk : (needed + 63) / 64 * 64;
}

struct RowSums {
    float maximum = -infinity;
    float reference = 0.0f;  // the maximum, or 0 where there is none yet: -inf - -inf would be NaN
    double others = 0.0;     // sum of e^((x - reference) scale) without the target
    Gaps gaps;               // against the reference
    int64_t argmax = -1;

    void raise(float chunk_maximum, double scale) {
        if (!(chunk_maximum > maximum)) return;
        const double rise = double(chunk_maximum) - double(reference);
        if (maximum > -infinity) others *= ::exp(-rise * scale);  // else it is 0, or NaN and stays so
        gaps.plain += rise * gaps.count;
        gaps.weighted += rise * gaps.weights;
        maximum = reference = chunk_maximum;
    }
};

// Leaves the exponentials in `kept`, if it is not null, each chunk's against its own of the `references`.
template <class L, class W, class G>
RowSums sum_row(
    const RowCall& call, const Row<L, W, G>& row, bool wants_gaps, bool wants_argmax, float* kept, float* references) {
    RowSums sums;
    const int64_t length = chunk_length(call.classes);
    for (int64_t begin = 0; begin < call.classes; begin += length) {
        const bool last = call.classes - begin <= length;
        const int64_t n = last ? call.classes - begin : length;
        const L* const x = row.logits + begin;
        const float top = chunk_maximum(x, n);
        if (wants_argmax && (top > sums.maximum || sums.argmax < 0)) {
            const int64_t index = index_of(x, n, top);
            if (index >= 0) sums.argmax = begin + index;
        }
        sums.raise(top, call.logit_scale);
        if (wants_gaps) {
            sums.gaps += row.weights == nullptr ? chunk_gaps(x, n, sums.reference)
                                                : chunk_gaps(x, row.weights + begin, n, sums.reference);
        }
        *references++ = sums.reference;
        const Exponential exponential(sums.reference, float(call.logit_scale));
        const L* const next = last ? row.next : x + length;
        const int64_t target = row.target - begin;
        sums.others += kept == nullptr ? sum_of_others<false>(x, n, target, exponential, nullptr, next)
                                       : sum_of_others<true>(x, n, target, exponential, kept + begin, next);
    }
    return sums;
}

// False for a row whose loss and gradient are NaN.
inline bool is_number(const RowSums& sums, float target_logit) {
    return sums.maximum > -infinity && sums.maximum < infinity && sums.others == sums.others &&
           target_logit == target_logit;
}

template <class L, class W, class G>
RowStatistics<double> statistics_of(
    const RowCall& call, const Row<L, W, G>& row, const RowSums& sums, float target_logit) {
    const double maximum = double(sums.maximum) * call.logit_scale;
    double below = 0.0;  // how far the target's logit is below the maximum
    double target = 0.0;
    if (row.has_target()) {
        below = (double(sums.maximum) - double(target_logit)) * call.logit_scale;
        target = ::exp(-below);
    }
    const double total = sums.others + target;
    // Where the target is the maximum its 1 stays out of the logarithm's argument.
    const double above = row.has_target() && below == 0.0 ? ::log1p(sums.others) : ::log(total);
    return {
        .lse = maximum + above,
        .surprisal = below + above,
        .probability = target / total,
        .complement = sums.others / total,
        .target_weight = row.has_target() ? row.target_weight() : 0.0,
        .weight_sum = sums.gaps.weights,
        .weighted_gap = sums.gaps.weighted * call.logit_scale + sums.gaps.weights * above,
        .gap = sums.gaps.plain * call.logit_scale + double(call.classes) * above,
        .largest = 1.0 / total,
    };
}

}
