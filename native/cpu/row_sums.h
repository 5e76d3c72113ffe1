// First pass of the row driver: the sums over a row, chunk by chunk under a running maximum, and the statistics that
// follow from them.
#pragma once

#include <type_traits>

#include "formula/row.h"
#include "row_call.h"
#include "row_passes.h"
#include "row_scalars.h"

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
    double others = 0.0;     // sum of e^((x - reference) scale) without the pivot
    Gaps gaps;               // against the reference
    int64_t argmax = -1;     // of the maximum, if that was asked for

    // left_out: 1 where the old maximum was the pivot and now becomes one of the others, else 0.
    void raise(float chunk_maximum, double scale, double left_out) {
        if (!(chunk_maximum > maximum)) return;
        // Without a maximum there are no others yet, or NaN ones, and the only gaps are infinite.
        if (maximum > -infinity) {
            const double rise = double(chunk_maximum) - double(maximum);
            others = (others + left_out) * exp_of_negative(-rise * scale);
            gaps.plain += rise * gaps.count;
            gaps.weighted += rise * gaps.weights;
        }
        maximum = reference = chunk_maximum;
    }
};

// Where a row's exponentials stay between the passes, chunk by chunk: `place` has room for the first `classes` of them.
template <class Place>
struct Room {
    Place place;
    int64_t classes;

    template <class Body>
    BASIN_HD auto with_chunk(int64_t begin, int64_t n, Body body) const {
        if constexpr (!std::is_same_v<Place, Nowhere>) {
            if (begin + n <= classes) return body(place + begin);
        }
        return body(Nowhere{});
    }
};

inline constexpr Room<Nowhere> no_room{{}, 0};

// Adds classes [begin, begin + n) to the sums and leaves their exponentials, against sums.reference, at `place`. The pivot is
// the target or, where there is none, the largest logit: the only ones whose probability can be near 1.
template <class L, class W, class G, class Place>
BASIN_HD void add_chunk(
    const RowCall& call, const Row<L, W, G>& row, int64_t begin, int64_t n, const L* next, bool wants_gaps,
    bool wants_argmax, const Place& place, RowSums& sums) {
    const L* const x = row.logits + begin;
    const float top = chunk_maximum(x, n);
    if ((wants_argmax || !row.has_target()) && (top > sums.maximum || sums.argmax < 0)) {
        const int64_t index = index_of(x, n, top);
        if (index >= 0) sums.argmax = begin + index;
    }
    sums.raise(top, call.logit_scale, row.has_target() ? 0.0 : 1.0);
    if (wants_gaps) {
        sums.gaps += row.weights == nullptr ? chunk_gaps(x, n, sums.reference)
                                            : chunk_gaps(x, row.weights + begin, n, sums.reference);
    }
    const int64_t pivot = (row.has_target() ? row.target : sums.argmax) - begin;
    sums.others += with_exponential(sums.reference, call.logit_scale, [&](const auto& exponential) {
        return sum_of_others(x, n, pivot, exponential, place, next);
    });
}

// The whole row; each chunk's exponentials are against its own of the `references`.
template <class L, class W, class G, class Place>
void sum_row(
    const RowCall& call, const Row<L, W, G>& row, bool wants_gaps, bool wants_argmax, const Room<Place>& room,
    float* references, RowSums& sums) {
    sums = {};
    const int64_t length = chunk_length(call.classes);
    for (int64_t begin = 0; begin < call.classes; begin += length) {
        const bool last = call.classes - begin <= length;
        const int64_t n = last ? call.classes - begin : length;
        room.with_chunk(begin, n, [&](const auto& place) {
            const L* const next = last ? row.next : row.logits + begin + length;
            add_chunk(call, row, begin, n, next, wants_gaps, wants_argmax, place, sums);
        });
        *references++ = sums.reference;
    }
}

// False for a row whose loss and gradient are NaN. A NaN pivot is in no sum.
inline bool is_number(const RowSums& sums, float pivot_logit) {
    return sums.maximum > -infinity && sums.maximum < infinity && sums.others == sums.others &&
           pivot_logit == pivot_logit;
}

// What is known of a row, or of a vector of rows, after the first pass; gaps are to the maximum.
template <class T>
struct RowMeasures {
    T maximum, pivot_logit, others;
    T weight_sum, weighted_gap, gap;
    T pivot_weight;
};

template <class T>
BASIN_HD RowStatistics<T> statistics_of(const RowCall& call, const RowMeasures<T>& of) {
    const T below = (of.maximum - of.pivot_logit) * call.logit_scale;
    const T pivot = exp_of_negative(-below);
    const T total = of.others + pivot, share = 1.0 / total;
    // log total; where the pivot is the maximum its 1 never meets the others, however small they are.
    const T above = log_of_one_plus(either(below == 0.0, of.others, total - 1.0));
    return {
        .lse = of.maximum * call.logit_scale + above,
        .surprisal = below + above,
        .probability = pivot * share,
        .complement = of.others * share,
        .pivot_weight = of.pivot_weight,
        .weight_sum = of.weight_sum,
        .weighted_gap = of.weighted_gap * call.logit_scale + of.weight_sum * above,
        .gap = of.gap * call.logit_scale + double(call.classes) * above,
        .largest = share,
    };
}

inline RowStatistics<double> statistics_of(
    const RowCall& call, const RowSums& sums, float pivot_logit, double pivot_weight) {
    return statistics_of(
        call, RowMeasures<double>{
                  double(sums.maximum), double(pivot_logit), sums.others, sums.gaps.weights, sums.gaps.weighted,
                  sums.gaps.plain, pivot_weight});
}

}
