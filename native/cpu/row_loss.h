// Skeleton 1: sums over a row, the formula's answer to them, the gradient. An f32 gradient holds a long row's exponentials
// between the passes. A bf16 one could not without rounding twice: a tile holds those of the first classes, and the others
// are computed again.
#pragma once

#include <type_traits>

#include "row_narrow.h"
#include "row_sums.h"

namespace basin::inline BASIN_ISA {

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
template <class L, class W, class G, class Kept>
void write_row(
    const RowCall& call, const Row<L, W, G>& row, const RowCoefficients<double>& of, double factor, float maximum,
    const Room<Kept>& room, const float* references) {
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

// A row between its two passes.
template <class L, class W, class G>
struct PendingRow {
    Row<L, W, G> row;
    RowSums sums;
    float pivot_logit;
    int64_t pivot;
    bool number;  // its loss and gradient are not NaN

    bool counts() const { return row.counts(); }
};

// sum(row, wants_gaps, sums) is the first pass.
template <class L, class W, class G, class Formula, class Sum>
BASIN_HD void begin_row(
    const RowCall& call, const RowResults& results, const Formula& formula, int64_t index, PendingRow<L, W, G>& pending,
    Sum sum) {
    pending.row = Row<L, W, G>(call, index);
    pending.number = false;
    const Row<L, W, G>& row = pending.row;
    if (!pending.counts() && results.lse == nullptr && results.argmax == nullptr) return;
    const float target_logit = row.has_target() ? widen(row.logits[row.target]) : 0.0f;  // before it is overwritten
    RowSums& sums = pending.sums;
    sum(row, pending.counts() && formula.needs_gaps(), sums);
    pending.pivot_logit = row.has_target() ? target_logit : sums.maximum;
    pending.pivot = row.has_target() ? row.target : sums.argmax;
    pending.number = is_number(sums, pending.pivot_logit);
}

// write(row, coefficients, factor) is the second pass, but for the pivot's entry.
template <class L, class W, class G, class Formula, class Write>
BASIN_HD void end_row(
    const RowCall& call, const RowResults& results, const Formula& formula, int64_t index,
    const PendingRow<L, W, G>& pending, Write write) {
    const Row<L, W, G>& row = pending.row;
    const RowStatistics<double> statistics = statistics_of(
        call, pending.sums, pending.pivot_logit, pending.number ? row.weight_of(pending.pivot) : 0.0);
    if (results.lse != nullptr) results.lse[index] = pending.number ? float(statistics.lse) : not_a_number;
    if (results.argmax != nullptr) results.argmax[index] = pending.sums.argmax < 0 ? 0 : int32_t(pending.sums.argmax);
    float* const loss = results.losses == nullptr ? nullptr : results.losses + index;
    if (!pending.counts() || !pending.number) {
        if (loss != nullptr) *loss = row.ignored ? 0.0f : not_a_number;
        write_constant(call, row, pending.counts() ? not_a_number : 0.0f);
        return;
    }
    const RowCoefficients<double> of = formula(statistics);
    if (loss != nullptr) *loss = float(of.loss * row.weight);
    if (row.gradient == nullptr) return;
    write(row, of, of.softmax * row.gradient_factor * statistics.largest);
    write_pivot(row, pending.pivot, of);
}

// Rows of one chunk, whose exponentials fit a tile. Some of them take each pass together: a gradient written over the logits
// of one row would hold up the loads of the next.
inline constexpr int64_t short_row = 256;
inline constexpr int64_t rows_together = 8;

template <class L, class W, class G, class Formula>
void loss_of_short_rows(const RowCall& call, const RowResults& results, const Formula& formula) {
    alignas(vector_bytes) float tiles[rows_together][short_row];
    PendingRow<L, W, G> pending[rows_together];
    for (int64_t begin = call.row_begin; begin < call.row_end; begin += rows_together) {
        const int64_t count = call.row_end - begin < rows_together ? call.row_end - begin : rows_together;
        for (int64_t i = 0; i < count; ++i) {
            begin_row(call, results, formula, begin + i, pending[i], [&](const auto& row, bool wants_gaps, RowSums& sums) {
                const bool wants_argmax = results.argmax != nullptr;
                RowSums in_registers;
                add_chunk(
                    call, row, 0, call.classes, row.next, wants_gaps, wants_argmax, InTile{tiles[i]}, in_registers);
                sums = in_registers;
            });
        }
        for (int64_t i = 0; i < count; ++i) {
            end_row(call, results, formula, begin + i, pending[i], [&](const auto& row, const auto& of, double factor) {
                write_classes(row, of, InTile{tiles[i]}, 0, call.classes, factor);
            });
        }
    }
}

// How many of a row's exponentials are kept for a gradient that cannot hold them: 64 KiB of the stack.
inline constexpr int64_t kept_classes = 16384;

template <class L, class W, class G, class Formula>
void loss_of_long_rows(const RowCall& call, const RowResults& results, const Formula& formula) {
    constexpr bool gradient_holds_exponentials = std::is_same_v<G, float>;
    alignas(vector_bytes) float tile[gradient_holds_exponentials ? 1 : kept_classes];
    float references[most_chunks];
    PendingRow<L, W, G> pending;
    Room<std::conditional_t<gradient_holds_exponentials, InGradient, InTile>> room{};
    for (int64_t index = call.row_begin; index < call.row_end; ++index) {
        begin_row(call, results, formula, index, pending, [&](const auto& row, bool wants_gaps, RowSums& sums) {
            const bool keeps = pending.counts() && row.gradient != nullptr;
            if constexpr (gradient_holds_exponentials) {
                room = {{row.gradient}, keeps ? call.classes : 0};
            } else {
                room = {{tile}, keeps ? kept_classes : 0};
            }
            sum_row(call, row, wants_gaps, results.argmax != nullptr, room, references, sums);
        });
        end_row(call, results, formula, index, pending, [&](const auto& row, const auto& of, double factor) {
            write_row(call, row, of, factor, pending.sums.maximum, room, references);
        });
    }
}

}
