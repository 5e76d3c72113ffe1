// Skeleton 1 for rows of a few classes: a lane a row, so that nothing is summed across lanes and what happens once a row
// happens to a vector of them. Bits of a row do not depend on which lane it is in.
#pragma once

#include "row_sums.h"

namespace basin::inline BASIN_ISA {

inline constexpr int64_t narrow_row = 32;

// A number of each row.
struct Lanes {
    alignas(vector_bytes) float data[lanes];

    Lanes() = default;
    BASIN_HD explicit Lanes(Float x) { store(data, x); }
    BASIN_HD float& operator[](int64_t lane) { return data[lane]; }
    BASIN_HD float operator[](int64_t lane) const { return data[lane]; }
    BASIN_HD operator Float() const { return load(data); }

    // Of the rows from `lane` on.
    BASIN_HD Doubles widened(int64_t lane) const {
        typedef float Half __attribute__((vector_size(vector_bytes / 2)));
        Half half;
        __builtin_memcpy(&half, data + lane, sizeof half);
        return __builtin_convertvector(half, Doubles);
    }
};

// Column k has class k of each row.
using NarrowColumns = Lanes[narrow_row];

template <class S>
void read_columns(const S* first, int64_t stride, int64_t count, int64_t classes, NarrowColumns& columns) {
    if (count < lanes) {
        for (int64_t k = 0; k < classes; ++k) columns[k] = Lanes(Float(0.0f));
    }
    for (int64_t lane = 0; lane < count; ++lane) {
        for (int64_t k = 0; k < classes; ++k) columns[k][lane] = widen(first[lane * stride + k]);
    }
}

template <class S>
void write_columns(const NarrowColumns& columns, int64_t count, int64_t classes, int64_t stride, S* first) {
    for (int64_t lane = 0; lane < count; ++lane) {
        for (int64_t k = 0; k < classes; ++k) store_one(first + lane * stride + k, columns[k][lane]);
    }
}

struct NarrowSums {
    Lanes maximum, argmax;  // argmax -1 where every logit is NaN
    Lanes pivot, pivot_logit, pivot_weight;
    Lanes others;           // sum of e^((x - maximum) scale) without the pivot
    Lanes weight_sum, weighted_gap, gap;

    bool is_number(int64_t row) const {
        return maximum[row] > -infinity && maximum[row] < infinity && others[row] == others[row] &&
            pivot_logit[row] == pivot_logit[row];
    }

    BASIN_HD RowMeasures<Doubles> measures(int64_t from) const {
        return {
            maximum.widened(from), pivot_logit.widened(from), others.widened(from), weight_sum.widened(from),
            weighted_gap.widened(from), gap.widened(from), pivot_weight.widened(from)};
    }
};

inline void find_maximum(const NarrowColumns& logits, int64_t classes, NarrowSums& sums) {
    Float maximum(-infinity), argmax(-1.0f);
    for (int64_t k = classes - 1; k >= 0; --k) {
        const Float x = logits[k];
        const Mask not_below = x >= maximum;
        argmax = select(not_below, Float(static_cast<float>(k)), argmax);
        maximum = select(not_below, x, maximum);
    }
    sums.maximum = Lanes(maximum);
    sums.argmax = Lanes(argmax);
}

// weights: null = 1
inline void sum_gaps(const NarrowColumns& logits, const NarrowColumns* weights, int64_t classes, Float reference, NarrowSums& sums) {
    const Float zero(0.0f);
    Float gaps = zero, weighted = zero, weight_sum = zero;
    for (int64_t k = 0; k < classes; ++k) {
        const Float gap = reference - logits[k];
        const Float weight = weights == nullptr ? Float(1.0f) : Float((*weights)[k]);
        gaps = gaps + gap;
        weighted = weighted + select(weight == zero, zero, weight * gap);
        weight_sum = weight_sum + weight;
    }
    sums.gap = Lanes(gaps);
    sums.weighted_gap = Lanes(weighted);
    sums.weight_sum = Lanes(weight_sum);
}

// The first pass. target: a class, or -1 where the largest logit is the pivot.
inline void sum_narrow_rows(
    const RowCall& call, const NarrowColumns& logits, const NarrowColumns* weights, Float target, bool wants_gaps,
    NarrowColumns& exponentials, NarrowSums& sums) {
    find_maximum(logits, call.classes, sums);
    const Float zero(0.0f), scale(static_cast<float>(call.logit_scale)), maximum = sums.maximum;
    const Float pivot = select(target < zero, sums.argmax, target);
    const Float reference = select(maximum > Float(-infinity), maximum, zero);
    Float others = zero, pivot_logit = maximum, pivot_weight(1.0f);
    for (int64_t k = 0; k < call.classes; ++k) {
        const Float x = logits[k];
        const Float e = exp((x - reference) * scale);
        const Mask is_pivot = pivot == Float(static_cast<float>(k));
        exponentials[k] = Lanes(e);
        others = others + select(is_pivot, zero, e);
        pivot_logit = select(is_pivot, x, pivot_logit);
        if (weights != nullptr) pivot_weight = select(is_pivot, (*weights)[k], pivot_weight);
    }
    sums.pivot = Lanes(pivot);
    sums.pivot_logit = Lanes(pivot_logit);
    sums.pivot_weight = Lanes(pivot_weight);
    sums.others = Lanes(others);
    if (wants_gaps) {
        sum_gaps(logits, weights, call.classes, reference, sums);
    } else {
        sums.gap = sums.weighted_gap = sums.weight_sum = Lanes(zero);
    }
}

// What the second pass does to the exponentials of each row.
struct NarrowGradient {
    Lanes amplifier, factor;  // their product is the factor, which may be beyond f32
    Lanes weighted, uniform, pivot;
    Lanes constant;           // every entry of a row without a gradient of its own
    Lanes has_own;            // 1 where a row has

    void set_constant(int64_t row, float value) {
        amplifier[row] = factor[row] = weighted[row] = uniform[row] = pivot[row] = has_own[row] = 0.0f;
        constant[row] = value;
    }

    void set(int64_t row, const RowCoefficients<double>& of, double scale, double largest) {
        const double product = of.softmax * scale * largest;
        amplifier[row] = saturated(product);
        factor[row] = product == double(amplifier[row]) || product == 0.0 ? 1.0f : saturated(product / double(amplifier[row]));
        weighted[row] = float(of.weighted * scale);
        uniform[row] = float(of.uniform * scale);
        pivot[row] = float(of.pivot * scale);
        constant[row] = 0.0f;
        has_own[row] = 1.0f;
    }
};

inline void write_narrow_gradient(
    const NarrowGradient& of, const NarrowColumns& exponentials, const NarrowColumns* weights, Float pivot, int64_t classes,
    NarrowColumns& gradient) {
    const Mask has_own = Float(of.has_own) > Float(0.0f);
    const Float amplifier = of.amplifier, factor = of.factor, weighted = of.weighted, uniform = of.uniform;
    for (int64_t k = 0; k < classes; ++k) {
        const Float weight = weights == nullptr ? Float(1.0f) : Float((*weights)[k]);
        const Float subtracted = fma(weighted, weight, uniform);
        const Float entry = fma(Float(exponentials[k]) * amplifier, factor, -subtracted);
        const Float own = select(pivot == Float(static_cast<float>(k)), of.pivot, entry);
        gradient[k] = Lanes(select(has_own, own, of.constant));
    }
}

inline RowStatistics<double> row_of(const RowStatistics<Doubles>& of, int64_t row) {
    return {
        of.lse[row], of.surprisal[row], of.probability[row], of.complement[row], of.pivot_weight[row],
        of.weight_sum[row], of.weighted_gap[row], of.gap[row], of.largest[row]};
}

// A row between the passes.
template <class Formula>
void finish_narrow_row(
    const RowResults& results, const Formula& formula, const RowTarget& row, int64_t index, int64_t lane,
    const NarrowSums& sums, const RowStatistics<double>& statistics, NarrowGradient& gradient) {
    const bool number = sums.is_number(lane);
    if (results.lse != nullptr) results.lse[index] = number ? float(statistics.lse) : not_a_number;
    if (results.argmax != nullptr) results.argmax[index] = sums.argmax[lane] < 0.0f ? 0 : int32_t(sums.argmax[lane]);
    if (!row.counts() || !number) {
        if (results.losses != nullptr) results.losses[index] = row.ignored ? 0.0f : not_a_number;
        gradient.set_constant(lane, row.counts() ? not_a_number : 0.0f);
        return;
    }
    const RowCoefficients<double> of = formula(statistics);
    if (results.losses != nullptr) results.losses[index] = float(of.loss * row.weight);
    gradient.set(lane, of, row.gradient_factor, statistics.largest);
}

template <class Formula>
void loss_of_columns(
    const RowCall& call, const RowResults& results, const Formula& formula, int64_t begin, int64_t count,
    const NarrowColumns& logits, const NarrowColumns* weights, NarrowColumns& gradient) {
    RowTarget rows[lanes];
    Lanes target(Float(0.0f));
    for (int64_t lane = 0; lane < count; ++lane) {
        rows[lane] = RowTarget(call, begin + lane);
        target[lane] = float(rows[lane].target);
    }
    NarrowColumns exponentials;
    NarrowSums sums;
    sum_narrow_rows(call, logits, weights, target, formula.needs_gaps(), exponentials, sums);
    NarrowGradient of{};
    for (int64_t from = 0; from < count; from += doubles) {
        const RowStatistics<Doubles> statistics = statistics_of(call, sums.measures(from));
        const int64_t n = count - from < doubles ? count - from : doubles;
        for (int64_t i = 0; i < n; ++i) {
            const int64_t lane = from + i;
            finish_narrow_row(results, formula, rows[lane], begin + lane, lane, sums, row_of(statistics, i), of);
        }
    }
    if (call.gradient != nullptr) write_narrow_gradient(of, exponentials, weights, sums.pivot, call.classes, gradient);
}

// W is what the row's weights are stored as.
template <class W, class Formula>
void loss_of_narrow_rows(
    const RowCall& call, int32_t logits_type, int32_t gradient_type, const RowResults& results, const Formula& formula) {
    NarrowColumns logits, weights, gradient;
    for (int64_t begin = call.row_begin; begin < call.row_end; begin += lanes) {
        const int64_t count = call.row_end - begin < lanes ? call.row_end - begin : lanes;
        with_storage(logits_type, [&]<class L>(L) {
            const L* const first = static_cast<const L*>(call.logits) + begin * call.logits_stride;
            read_columns(first, call.logits_stride, count, call.classes, logits);
        });
        if (call.weights != nullptr) {
            const W* const first = static_cast<const W*>(call.weights) + begin * call.weights_stride;
            read_columns(first, call.weights_stride, count, call.classes, weights);
        }
        loss_of_columns(
            call, results, formula, begin, count, logits, call.weights == nullptr ? nullptr : &weights, gradient);
        if (call.gradient == nullptr) continue;
        with_storage(gradient_type, [&]<class G>(G) {
            G* const first = static_cast<G*>(call.gradient) + begin * call.gradient_stride;
            write_columns(gradient, count, call.classes, call.gradient_stride, first);
        });
    }
}

}
