// The maximum of a row of logits and the sums against it, in a pass each, or in one for a row that no pass finds kept.
#pragma once

#include "row_places.h"

namespace basin::inline BASIN_ISA {

// The sums of the first two passes, the same in every thread.
struct RowSums {
    Best best;        // index -1: every logit is NaN
    double others;    // sum of e^((x - maximum) scale) without the pivot
    double weights, weighted_gap, gap;
};

// Of two numbers, the one that is a number.
struct Larger {
    __device__ float operator()(float a, float b) const { return ::fmaxf(a, b); }
};

// e^((x - reference) scale): the difference first, which is exact for what is near the reference.
struct FastExponential {
    float reference, scale;

    __device__ FastExponential(float of, double logit_scale)
        : reference(of), scale(float(logit_scale * 1.4426950408889634)) {}

    __device__ float operator()(float x) const { return fast_exp2((x - reference) * scale); }
};

// The index only where it is asked for: without, it is 0 or, where no logit is a number or all are -inf, -1.
template <class L, class Place>
__device__ Best find_best(
    const typename Place::Team& team, const Place& place, const RowOfPieces<L>& row, bool wants_index) {
    if (!wants_index) {
        float maximum = -infinity;
        place.visit(team, row, [&](int, const float(&x)[Place::group]) {
#pragma unroll
            for (int i = 0; i < Place::group; ++i) maximum = ::fmaxf(maximum, x[i]);
        });
        maximum = team.combine(maximum, Larger{});
        return {maximum, maximum > -infinity ? 0 : -1};
    }
    Best best{-infinity, -1};
    place.visit(team, row, [&](int first, const float(&x)[Place::group]) {
#pragma unroll
        for (int i = 0; i < Place::group; ++i) {
            const int k = first + i;
            const bool better = best.index < 0 ? x[i] == x[i] : x[i] > best.value;
            if (unsigned(k) < unsigned(row.classes) && better) best = {x[i], k};
        }
    });
    return team.combine(best, TakeBest{});
}

template <class L, class Place>
__device__ void add_others(
    const RowCall& call, const typename Place::Team& team, const Place& place, const RowOfPieces<L>& row, int pivot,
    const RowWeights& weights, bool wants_gaps, RowSums& sums) {
    const float reference = sums.best.value > -infinity ? sums.best.value : 0.0f;
    const FastExponential exponential(reference, call.logit_scale);
    float others = 0.0f, gaps = 0.0f, weighted = 0.0f, weight_sum = 0.0f;
    place.visit(team, row, [&](int first, const float(&x)[Place::group]) {
        if (unsigned(pivot - first) < unsigned(Place::group)) {
#pragma unroll
            for (int i = 0; i < Place::group; ++i) others += first + i == pivot ? 0.0f : exponential(x[i]);
        } else {
#pragma unroll
            for (int i = 0; i < Place::group; ++i) others += exponential(x[i]);
        }
        if (!wants_gaps) return;
#pragma unroll
        for (int i = 0; i < Place::group; ++i) {
            const int k = first + i;
            if (unsigned(k) >= unsigned(row.classes)) continue;
            const float gap = reference - x[i], weight = weights[k];
            gaps += gap;
            weighted += weight == 0.0f ? 0.0f : weight * gap;
            weight_sum += weight;
        }
    });
    sums.others = team.combine(double(others), Add{});
    sums.weights = sums.weighted_gap = sums.gap = 0.0;
    if (wants_gaps) {
        sums.weights = team.combine(double(weight_sum), Add{});
        sums.weighted_gap = team.combine(double(weighted), Add{});
        sums.gap = team.combine(double(gaps), Add{});
    }
}

// The sums of a row that every pass reads anew, in the one pass that they share with its maximum. What has been met so far is
// summed against a reference that follows the maximum only when that has left it by a factor of 2^slack: a sum is so rarely
// rescaled that the errors of it do not add up, and nothing overflows.
struct RunningSums {
    static constexpr float slack = 8.0f;

    float scale;                // of the exponent to base 2
    int target;                 // which is left out of the exponentials; -1 where there is none
    Best best{-infinity, -1};   // left out too, until it is beaten
    float reference = -infinity;
    float others = 0.0f, gaps = 0.0f, weighted = 0.0f, weight_sum = 0.0f, count = 0.0f;

    __device__ RunningSums(double logit_scale, int target_class)
        : scale(FastExponential(0.0f, logit_scale).scale), target(target_class) {}

    // Where all is -inf so far, a difference to it would be NaN.
    __device__ float base() const { return reference > -infinity ? reference : 0.0f; }

    __device__ void raise_reference(float maximum) {
        if (!(maximum > reference && (maximum - reference) * scale > slack)) return;
        others *= fast_exp2((reference - maximum) * scale);
        if (reference > -infinity) {
            gaps = ::fmaf(count, maximum - reference, gaps);
            weighted = ::fmaf(weight_sum, maximum - reference, weighted);
        }
        reference = maximum;
    }

    template <int group>
    __device__ void add(int first, const float (&x)[group], int classes) {
        float maximum = x[0];
#pragma unroll
        for (int i = 1; i < group; ++i) maximum = ::fmaxf(maximum, x[i]);
        raise_reference(maximum);
        const float from = base();
#pragma unroll
        for (int i = 0; i < group; ++i) {
            const int k = first + i;
            const bool leads = unsigned(k) < unsigned(classes) && (best.index < 0 ? x[i] == x[i] : x[i] > best.value);
            const Best loser = leads ? best : Best{x[i], k};
            if (leads) best = {x[i], k};
            const float e = fast_exp2((loser.value - from) * scale);
            others += loser.index == target ? 0.0f : e;
        }
    }

    template <int group>
    __device__ void add_gaps(int first, const float (&x)[group], int classes, const RowWeights& weights) {
        const float from = base();
#pragma unroll
        for (int i = 0; i < group; ++i) {
            const int k = first + i;
            if (unsigned(k) >= unsigned(classes)) continue;
            const float gap = from - x[i], weight = weights[k];
            gaps += gap;
            weighted += weight == 0.0f ? 0.0f : weight * gap;
            weight_sum += weight;
            count += 1.0f;
        }
    }

    // The exponentials of this thread's entries but for the target and the best of the row.
    __device__ double others_below(const Best& of_row, const FastExponential& exponential) const {
        const double own = double(others) * double(exponential(reference));
        const bool is_left_out = best.index < 0 || best.index == of_row.index || best.index == target;
        return is_left_out ? own : own + double(exponential(best.value));
    }
};

template <class L, class Place>
__device__ RowSums sums_in_one_pass(
    const RowCall& call, const typename Place::Team& team, const Place& place, const RowOfPieces<L>& row, int target,
    const RowWeights& weights, bool wants_gaps) {
    RunningSums own(call.logit_scale, target);
    place.visit(team, row, [&](int first, const float(&x)[Place::group]) {
        own.add(first, x, row.classes);
        if (wants_gaps) own.add_gaps(first, x, row.classes, weights);
    });
    RowSums sums{team.combine(own.best, TakeBest{}), 0.0, 0.0, 0.0, 0.0};
    const float reference = sums.best.value > -infinity ? sums.best.value : 0.0f;
    const bool best_counts = target >= 0 && sums.best.index >= 0 && sums.best.index != target;
    sums.others = team.combine(own.others_below(sums.best, FastExponential(reference, call.logit_scale)), Add{});
    if (best_counts) sums.others += 1.0;
    if (wants_gaps) {
        const double higher = double(reference) - double(own.base());
        sums.weights = team.combine(double(own.weight_sum), Add{});
        sums.weighted_gap = team.combine(double(own.weighted) + double(own.weight_sum) * higher, Add{});
        sums.gap = team.combine(double(own.gaps) + double(own.count) * higher, Add{});
    }
    return sums;
}

}
