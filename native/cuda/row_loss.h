// Skeleton 1 on the device: sums over a row (row_sums.h), the formula's answer to them, the gradient. Rows of up to about a
// thousand classes are each a warp's, and longer ones a block's; the formula, which is f64, is asked once for as many rows as a
// block has in hand.
#pragma once

#include "formula/row.h"
#include "row_sums.h"

namespace basin::inline BASIN_ISA {

__device__ inline bool is_number(const RowSums& sums, float pivot_logit) {
    return sums.best.value > -infinity && sums.best.value < infinity && sums.others == sums.others &&
        pivot_logit == pivot_logit;
}

// What the last pass does to the exponentials.
struct RowGradient {
    float amplifier, factor;  // their product is the factor, which may be beyond f32
    float weighted, uniform, pivot;
    float constant;           // every entry of a row without a gradient of its own
    float has_own;            // 1 or 0
};

__device__ inline float saturated(double x) {
    const double most = 3.4028234663852886e38;
    return float(x > most ? most : x < -most ? -most : x);
}

__device__ inline RowGradient constant_gradient(float value) { return {0.0f, 0.0f, 0.0f, 0.0f, 0.0f, value, 0.0f}; }

__device__ inline RowGradient gradient_of(const RowCoefficients<double>& of, double scale, double largest) {
    const double product = of.softmax * scale * largest;
    const float amplifier = saturated(product);
    const bool fits = product == double(amplifier) || product == 0.0;
    return {
        amplifier, fits ? 1.0f : saturated(product / double(amplifier)), float(of.weighted * scale),
        float(of.uniform * scale), float(of.pivot * scale), 0.0f, 1.0f};
}

__device__ inline RowStatistics<double> statistics_of(
    const RowCall& call, const RowSums& sums, float pivot_logit, double pivot_weight) {
    const double maximum = double(sums.best.value);
    const double below = (maximum - double(pivot_logit)) * call.logit_scale;
    const double pivot = ::exp(-below);
    const double total = sums.others + pivot, share = 1.0 / total;
    // log total; where the pivot is the maximum its 1 never meets the others, however small they are.
    const double above = ::log1p(below == 0.0 ? sums.others : total - 1.0);
    return {
        .lse = maximum * call.logit_scale + above,
        .surprisal = below + above,
        .probability = pivot * share,
        .complement = sums.others * share,
        .pivot_weight = pivot_weight,
        .weight_sum = sums.weights,
        .weighted_gap = sums.weighted_gap * call.logit_scale + sums.weights * above,
        .gap = sums.gap * call.logit_scale + double(call.classes) * above,
        .largest = share,
    };
}

// `next` is the row that the place may read meanwhile.
template <class L, class Place>
__device__ void write_gradient(
    const RowCall& call, const typename Place::Team& team, const Place& place, const RowOfPieces<L>& row,
    const RowOfPieces<L>& next, int64_t index, int pivot, const RowWeights& weights, float maximum,
    const RowGradient& of) {
    const FastExponential exponential(maximum, call.logit_scale);
    const bool is_weighted = weights.data != nullptr && of.weighted != 0.0f;
    const float less = is_weighted ? of.uniform : of.uniform + of.weighted;
    place.visit_last(team, row, next, [&](int first, const float(&x)[Place::group]) {
        float values[Place::group];
        if (of.has_own == 0.0f) {
#pragma unroll
            for (int i = 0; i < Place::group; ++i) values[i] = of.constant;
        } else {
#pragma unroll
            for (int i = 0; i < Place::group; ++i) {
                values[i] = ::fmaf(exponential(x[i]) * of.amplifier, of.factor, -less);
            }
            if (is_weighted) {
#pragma unroll
                for (int i = 0; i < Place::group; ++i) {
                    const int k = first + i;
                    if (unsigned(k) < unsigned(row.classes)) values[i] = ::fmaf(-of.weighted, weights[k], values[i]);
                }
            }
            if (unsigned(pivot - first) < unsigned(Place::group)) {
#pragma unroll
                for (int i = 0; i < Place::group; ++i) values[i] = first + i == pivot ? of.pivot : values[i];
            }
        }
        store_gradient(call, index, first, values);
    });
}

template <class L, class Formula>
__device__ RowGradient finish_row(
    const RowCall& call, const RowResults& results, const Formula& formula, int64_t index, const RowTarget& row,
    const RowSums& sums, float pivot_logit, float pivot_weight) {
    const bool number = is_number(sums, pivot_logit);
    const RowStatistics<double> statistics = statistics_of(call, sums, pivot_logit, double(pivot_weight));
    if (results.lse != nullptr) results.lse[index] = number ? float(statistics.lse) : not_a_number;
    if (results.argmax != nullptr) results.argmax[index] = sums.best.index < 0 ? 0 : sums.best.index;
    if (!row.counts() || !number) {
        if (results.losses != nullptr) results.losses[index] = row.ignored ? 0.0f : not_a_number;
        return constant_gradient(row.counts() ? not_a_number : 0.0f);
    }
    const RowCoefficients<double> of = formula(statistics);
    if (results.losses != nullptr) results.losses[index] = float(of.loss * row.weight);
    return gradient_of(of, row.gradient_factor, statistics.largest);
}

// What is known of a row before its logits, and what its first passes find.
template <class L>
struct MeasuredRow {
    RowTarget target;
    RowWeights weights;
    RowOfPieces<L> row;
    int pivot = -1;
    float pivot_logit = not_a_number, pivot_weight = 1.0f;
    RowSums sums;

    __device__ MeasuredRow(const RowCall& call, int64_t index)
        : target(call, index), weights(call, index),
          row(static_cast<const L*>(call.logits) + index * call.logits_stride, call.classes) {}

    template <class Formula, class Place>
    __device__ void measure(
        const RowCall& call, const RowResults& results, const Formula& formula, const typename Place::Team& team,
        const Place& place) {
        const bool wants_gaps = target.counts() && formula.needs_gaps();
        if constexpr (Place::is_read_anew) {
            sums = sums_in_one_pass<L>(
                call, team, place, row, target.has_target() ? int(target.target) : -1, weights, wants_gaps);
            find_pivot();
        } else {
            sums.best = find_best<L>(team, place, row, results.argmax != nullptr || !target.has_target());
            find_pivot();
            add_others<L>(call, team, place, row, pivot, weights, wants_gaps, sums);
        }
    }

private:
    // Before a gradient is written over it.
    __device__ void find_pivot() {
        pivot = target.has_target() ? int(target.target) : sums.best.index;
        if (pivot < 0) return;
        pivot_logit = widen(row.data[pivot]);
        pivot_weight = weights[pivot];
    }
};

inline constexpr int rows_of_block = 8;

// What the warps of a block leave for the threads that ask the formula, one a row, and find there afterwards.
struct RowExchange {
    RowSums sums;
    float pivot_logit, pivot_weight;
};

template <class L, class Formula, int pieces>
__global__ void __launch_bounds__(rows_of_block* warp, pieces <= 4 ? 3 : 2)
    loss_of_short_rows(RowCall call, RowResults results, Formula formula) {
    const SharedArray<RowExchange> measured{reinterpret_cast<RowExchange*>(shared_memory())};
    const SharedArray<RowGradient> gradients{reinterpret_cast<RowGradient*>(measured.data + rows_of_block)};
    const int64_t block_begin = call.row_begin + int64_t(blockIdx.x) * rows_of_block;
    const int own = int(threadIdx.x) / warp;
    const WarpTeam team;
    // Warps without a row measure the last one again.
    const bool is_there = block_begin + own < call.row_end;
    const int64_t index = is_there ? block_begin + own : call.row_end - 1;
    MeasuredRow<L> row(call, index);
    InRegisters<L, pieces> place;
    place.start(team, row.row);
    row.measure(call, results, formula, team, place);
    if (team.rank() == 0) measured.set(own, RowExchange{row.sums, row.pivot_logit, row.pivot_weight});
    __syncthreads();
    const int64_t asked = block_begin + threadIdx.x;
    if (threadIdx.x < rows_of_block && asked < call.row_end) {
        const RowExchange of = measured.get(threadIdx.x);
        gradients.set(
            threadIdx.x,
            finish_row<L>(
                call, results, formula, asked, RowTarget(call, asked), of.sums, of.pivot_logit, of.pivot_weight));
    }
    __syncthreads();
    if (is_there && call.gradient != nullptr) {
        write_gradient<L>(
            call, team, place, row.row, row.row, index, row.pivot, row.weights, row.sums.best.value, gradients.get(own));
    }
}

// What is kept in shared memory needs few threads with many registers; what is read anew, many that wait together.
template <class L, class Place>
inline constexpr unsigned most_threads_of_row = std::is_same_v<Place, Nowhere<L>> ? 1024 : 512;

// A block takes every gridDim.x-th row.
template <class L, class Formula, class Place>
__global__ void __launch_bounds__(most_threads_of_row<L, Place>) loss_of_long_rows(RowCall call, RowResults results, Formula formula, Place place) {
    unsigned char* const shared = shared_memory();
    const BlockTeam team{{reinterpret_cast<double*>(shared)}};
    if constexpr (std::is_same_v<Place, InShared<L>>) place.kept = reinterpret_cast<Piece<L>*>(shared + BlockTeam::room_bytes);
    int64_t index = call.row_begin + int64_t(blockIdx.x);
    place.start(team, MeasuredRow<L>(call, index).row);
    for (; index < call.row_end; index += gridDim.x) {
        MeasuredRow<L> row(call, index);
        row.measure(call, results, formula, team, place);
        const RowGradient gradient = team.template compute_once<RowGradient>([&] {
            return finish_row<L>(
                call, results, formula, index, row.target, row.sums, row.pivot_logit, row.pivot_weight);
        });
        const int64_t following = index + gridDim.x;
        RowOfPieces<L> next(nullptr, 0);
        if (following < call.row_end) {
            next = RowOfPieces<L>(static_cast<const L*>(call.logits) + following * call.logits_stride, call.classes);
        }
        if (call.gradient != nullptr) {
            write_gradient<L>(
                call, team, place, row.row, next, index, row.pivot, row.weights, row.sums.best.value, gradient);
        } else if (next.data != nullptr) {
            place.start(team, next);
        }
    }
}

// 32 entries or more for each thread. More threads than these would have too few registers to keep several pieces in hand.
inline unsigned threads_of_row(int64_t classes) {
    unsigned threads = 128;
    while (threads < 512 && classes > int64_t(threads) * 32) threads *= 2;
    return threads;
}

template <class L, class Formula, class Place>
void launch_long_rows(
    void* stream, const RowCall& call, const RowResults& results, const Formula& formula, unsigned threads, size_t shared) {
    const int64_t rows = call.row_end - call.row_begin;
    const unsigned most = blocks_of_device(loss_of_long_rows<L, Formula, Place>, threads, shared);
    launch(
        loss_of_long_rows<L, Formula, Place>, rows < int64_t(most) ? unsigned(rows) : most, threads, shared, stream, call,
        results, formula, Place{});
}

template <class L, class Formula>
void launch_loss(void* stream, const RowCall& call, const RowResults& results, const Formula& formula) {
    constexpr int most_pieces = 32 / Piece<L>::size;
    const int64_t rows = call.row_end - call.row_begin;
    if (rows <= 0) return;
    if (call.classes <= InRegisters<L, most_pieces>::most_classes) {
        const unsigned blocks = unsigned((rows + rows_of_block - 1) / rows_of_block);
        launch(
            loss_of_short_rows<L, Formula, most_pieces>, blocks, rows_of_block * warp,
            rows_of_block * (sizeof(RowExchange) + sizeof(RowGradient)), stream, call, results, formula);
        return;
    }
    const size_t kept = BlockTeam::room_bytes + InShared<L>::bytes(call.classes);
    const unsigned threads = threads_of_row(call.classes);
    if (kept <= most_shared_bytes()) {
        launch_long_rows<L, Formula, InShared<L>>(stream, call, results, formula, threads, kept);
    } else {
        launch_long_rows<L, Formula, Nowhere<L>>(
            stream, call, results, formula, most_threads_of_row<L, Nowhere<L>>, BlockTeam::room_bytes);
    }
}

template <class Formula>
void loss_of_rows(
    void* stream, const RowCall& call, int32_t logits_type, const RowResults& results, const Formula& formula) {
    with_storage(logits_type, [&]<class L>(L) { launch_loss<L>(stream, call, results, formula); });
}

}
