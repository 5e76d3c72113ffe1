// Skeleton 1: sums over a row, the formula's answer to them, the gradient. An f32 gradient holds the row's exponentials
// between the passes; a bf16 one could not without rounding twice, so there they are computed again.
#pragma once

#include "row_sums.h"

namespace basin::inline BASIN_ISA {

struct RowResults {
    float* losses;    // each or null
    float* lse;
    int32_t* argmax;
};

// gradient = factor e_k - what the coefficients subtract for classes [begin, begin + n)
template <class Source, class L, class W, class G>
void write_classes_in_range(
    const Row<L, W, G>& row, const RowCoefficients<double>& of, const Source& source, int64_t begin, int64_t n,
    double factor) {
    const double weighted = of.weighted * row.gradient_factor, uniform = of.uniform * row.gradient_factor;
    G* const gradient = row.gradient + begin;
    if (row.weights == nullptr || weighted == 0.0) {
        write_gradient(source, n, float(factor), float(uniform + weighted), gradient);
    } else {
        write_gradient(source, row.weights + begin, n, float(factor), float(weighted), float(uniform), gradient);
    }
}

// The same for any factor: one beyond f32 multiplies in two parts, since inf times an exponential of 0 would be NaN.
template <class Source, class L, class W, class G>
void write_classes(
    const Row<L, W, G>& row, const RowCoefficients<double>& of, const Source& source, int64_t begin, int64_t n,
    double factor) {
    const double size = factor < 0.0 ? -factor : factor;
    if (size > double(std::numeric_limits<float>::max())) {
        const Amplified<Source> amplified{source, saturated(::sqrt(size))};
        const double rest = double(saturated(factor / double(amplified.amplifier)));
        write_classes_in_range(row, of, amplified, begin, n, rest);
    } else {
        write_classes_in_range(row, of, source, begin, n, factor);
    }
}

template <class L, class W, class G>
void write_pivot(const Row<L, W, G>& row, int64_t pivot, const RowCoefficients<double>& of) {
    store_one(row.gradient + pivot, float(of.pivot * row.gradient_factor));
}

// From exponentials kept in the gradient, each chunk's against its own reference. One above the maximum is that of a
// chunk of -inf, whose exponentials are 0.
template <class L, class W>
void write_row(
    const RowCall& call, const Row<L, W, float>& row, const RowCoefficients<double>& of, double factor, float maximum,
    const float* references) {
    const int64_t length = chunk_length(call.classes);
    for (int64_t begin = 0; begin < call.classes; begin += length, ++references) {
        const double fall = (double(*references) - double(maximum)) * call.logit_scale;
        const int64_t n = call.classes - begin < length ? call.classes - begin : length;
        const StoredExponentials stored{row.gradient + begin};
        write_classes(row, of, stored, begin, n, fall < 0.0 ? factor * ::exp(fall) : factor);
    }
}

template <class L, class W>
void write_row(
    const RowCall& call, const Row<L, W, BFloat16>& row, const RowCoefficients<double>& of, double factor,
    float maximum, const float*) {
    with_exponential(maximum, call.logit_scale, [&]<class E>(const E& exponential) {
        write_classes(row, of, ComputedExponentials<L, E>{row.logits, exponential}, 0, call.classes, factor);
    });
}

// A row without a gradient of its own: every entry is `value`.
template <class L, class W, class G>
void write_constant(const RowCall& call, const Row<L, W, G>& row, float value) {
    if (row.gradient != nullptr) fill(row.gradient, call.classes, value);
}

// Where exponentials can be kept between the passes.
inline float* room_for_exponentials(float* gradient) { return gradient; }
inline float* room_for_exponentials(BFloat16*) { return nullptr; }

template <class L, class W, class G, class Formula>
void loss_of_counted_row(
    const RowCall& call, const Row<L, W, G>& row, const RowSums& sums, int64_t pivot,
    const RowStatistics<double>& statistics, const float* references, const Formula& formula, float* loss) {
    const RowCoefficients<double> of = formula(statistics);
    if (loss != nullptr) *loss = float(of.loss * row.weight);
    if (row.gradient == nullptr) return;
    const double factor = of.softmax * row.gradient_factor * statistics.largest;
    write_row(call, row, of, factor, sums.maximum, references);
    write_pivot(row, pivot, of);
}

template <class L, class W, class G, class Formula>
void loss_of_row(const RowCall& call, const RowResults& results, const Formula& formula, int64_t index) {
    const Row<L, W, G> row(call, index);
    const bool counts = !row.ignored && !row.misplaced;
    float* const loss = results.losses == nullptr ? nullptr : results.losses + index;
    if (counts || results.lse != nullptr || results.argmax != nullptr) {
        float references[most_chunks];
        const float target_logit = row.has_target() ? widen(row.logits[row.target]) : 0.0f;  // before it is overwritten
        const RowSums sums = sum_row(
            call, row, counts && formula.needs_gaps(), results.argmax != nullptr,
            counts ? room_for_exponentials(row.gradient) : nullptr, references);
        const float pivot_logit = row.has_target() ? target_logit : sums.maximum;
        const int64_t pivot = row.has_target() ? row.target : sums.argmax;
        const bool number = is_number(sums, pivot_logit);
        const RowStatistics<double> statistics =
            statistics_of(call, sums, pivot_logit, number ? row.weight_of(pivot) : 0.0);
        if (results.lse != nullptr) results.lse[index] = number ? float(statistics.lse) : not_a_number;
        if (results.argmax != nullptr) results.argmax[index] = sums.argmax < 0 ? 0 : int32_t(sums.argmax);
        if (counts && number) {
            loss_of_counted_row(call, row, sums, pivot, statistics, references, formula, loss);
            return;
        }
    }
    if (loss != nullptr) *loss = row.ignored ? 0.0f : not_a_number;
    write_constant(call, row, counts ? not_a_number : 0.0f);
}

// W is what the row's weights are stored as.
template <class W, class Formula>
void loss_of_rows(
    const RowCall& call, int32_t logits_type, int32_t gradient_type, const RowResults& results,
    const Formula& formula) {
    with_storage(logits_type, [&]<class L>(L) {
        with_storage(gradient_type, [&]<class G>(G) {
            for (int64_t row = call.row_begin; row < call.row_end; ++row) {
                loss_of_row<L, W, G>(call, results, formula, row);
            }
        });
    });
}

}
