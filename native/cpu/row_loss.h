// Skeleton 1: sums over a row, the formula's answer to them, the gradient. An f32 gradient holds the row's exponentials
// between the passes; a bf16 one could not without rounding twice, so there they are computed again.
#pragma once

#include <type_traits>

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

// Kept exponentials are each chunk's against its own reference. One above the maximum is that of a chunk of -inf, whose
// exponentials are 0.
template <class L, class W, class G>
void write_row(
    const RowCall& call, const Row<L, W, G>& row, const RowCoefficients<double>& of, double factor, float maximum,
    const Room& room, const float* references) {
    const int64_t length = chunk_length(call.classes);
    for (int64_t begin = 0; begin < call.classes; begin += length, ++references) {
        const int64_t n = call.classes - begin < length ? call.classes - begin : length;
        room.with_chunk(begin, n, [&]<class Place>(const Place& place) {
            if constexpr (std::is_same_v<Place, Nowhere>) {
                with_exponential(maximum, call.logit_scale, [&]<class E>(const E& exponential) {
                    const ComputedExponentials<L, E> computed{row.logits + begin, exponential};
                    write_classes(row, of, computed, begin, n, factor);
                });
            } else {
                const double fall = (double(*references) - double(maximum)) * call.logit_scale;
                write_classes(row, of, place, begin, n, fall < 0.0 ? factor * exp_of_negative(fall) : factor);
            }
        });
    }
}

// A row without a gradient of its own: every entry is `value`.
template <class L, class W, class G>
void write_constant(const RowCall& call, const Row<L, W, G>& row, float value) {
    if (row.gradient != nullptr) fill(row.gradient, call.classes, value);
}

// Short rows go through each step together, so that the processor works on several at once: a row by itself is a chain of
// operations that wait for each other.
inline constexpr int64_t short_row = 256;
inline constexpr int64_t rows_together = 8;

// Of exponentials: those of short rows and, for a gradient that cannot hold them, of the first classes of a long one.
template <class G>
inline constexpr int64_t tile_size = std::is_same_v<G, float> ? short_row * rows_together : 16384;

template <class G>
Room room_for_exponentials(const RowCall& call, G* gradient, float* tile) {
    if (gradient == nullptr) return {};
    if constexpr (std::is_same_v<G, float>) {
        if (call.classes > short_row) return {.gradient = gradient};
    }
    return {.tile = tile, .tile_classes = call.classes <= short_row ? short_row : tile_size<G>};
}

// A row between the steps.
template <class L, class W, class G>
struct RowInWork {
    Row<L, W, G> row;
    bool counts;       // neither ignored nor misplaced
    Room room;
    RowSums sums;
    float pivot_logit;
    int64_t pivot;
    bool number;       // its loss and gradient are not NaN
    RowStatistics<double> statistics;
};

template <class L, class W, class G, class Formula>
void sum_row_in_work(
    const RowCall& call, const RowResults& results, const Formula& formula, float* tile, float* references,
    RowInWork<L, W, G>& work) {
    const Row<L, W, G>& row = work.row;
    work.counts = !row.ignored && !row.misplaced;
    work.number = false;
    if (!work.counts && results.lse == nullptr && results.argmax == nullptr) return;
    work.room = room_for_exponentials(call, work.counts ? row.gradient : nullptr, tile);
    const float target_logit = row.has_target() ? widen(row.logits[row.target]) : 0.0f;  // before it is overwritten
    sum_row(
        call, row, work.counts && formula.needs_gaps(), results.argmax != nullptr, work.room, references, work.sums);
    work.pivot_logit = row.has_target() ? target_logit : work.sums.maximum;
    work.pivot = row.has_target() ? row.target : work.sums.argmax;
    work.number = is_number(work.sums, work.pivot_logit);
}

template <class L, class W, class G>
void measure_row(const RowCall& call, const RowResults& results, int64_t index, RowInWork<L, W, G>& work) {
    if (work.number) {
        work.statistics = statistics_of(call, work.sums, work.pivot_logit, work.row.weight_of(work.pivot));
    }
    if (results.lse != nullptr) results.lse[index] = work.number ? float(work.statistics.lse) : not_a_number;
    if (results.argmax != nullptr) results.argmax[index] = work.sums.argmax < 0 ? 0 : int32_t(work.sums.argmax);
}

template <class L, class W, class G, class Formula>
void finish_row(
    const RowCall& call, const Formula& formula, const float* references, float* loss, const RowInWork<L, W, G>& work) {
    const Row<L, W, G>& row = work.row;
    if (!work.counts || !work.number) {
        if (loss != nullptr) *loss = row.ignored ? 0.0f : not_a_number;
        write_constant(call, row, work.counts ? not_a_number : 0.0f);
        return;
    }
    const RowCoefficients<double> of = formula(work.statistics);
    if (loss != nullptr) *loss = float(of.loss * row.weight);
    if (row.gradient == nullptr) return;
    const double factor = of.softmax * row.gradient_factor * work.statistics.largest;
    write_row(call, row, of, factor, work.sums.maximum, work.room, references);
    write_pivot(row, work.pivot, of);
}

template <class L, class W, class G, class Formula>
void loss_of_typed_rows(const RowCall& call, const RowResults& results, const Formula& formula) {
    alignas(vector_bytes) float tile[tile_size<G>];
    float references[most_chunks];
    RowInWork<L, W, G> work[rows_together];
    const int64_t together = call.classes <= short_row ? rows_together : 1;
    for (int64_t begin = call.row_begin; begin < call.row_end; begin += together) {
        const int64_t count = call.row_end - begin < together ? call.row_end - begin : together;
        for (int64_t i = 0; i < count; ++i) {
            work[i].row = Row<L, W, G>(call, begin + i);
            sum_row_in_work(call, results, formula, tile + i * short_row, references + i, work[i]);
        }
        for (int64_t i = 0; i < count; ++i) measure_row(call, results, begin + i, work[i]);
        for (int64_t i = 0; i < count; ++i) {
            float* const loss = results.losses == nullptr ? nullptr : results.losses + begin + i;
            finish_row(call, formula, references + i, loss, work[i]);
        }
    }
}

// W is what the row's weights are stored as.
template <class W, class Formula>
void loss_of_rows(
    const RowCall& call, int32_t logits_type, int32_t gradient_type, const RowResults& results,
    const Formula& formula) {
    with_storage(logits_type, [&]<class L>(L) {
        with_storage(gradient_type, [&]<class G>(G) { loss_of_typed_rows<L, W, G>(call, results, formula); });
    });
}

}
