// Skeleton 1, second half alone: the gradient in one pass from an lse that the first half saved, p_k = e^(z_k - lse).
#pragma once

#include "row_loss.h"

namespace basin::inline BASIN_ISA {

// What the pass does, with the reference that its exponentials are against.
struct SavedRowGradient {
    RowGradient gradient;
    float reference;
};

template <class L, class Formula>
__device__ SavedRowGradient saved_gradient(
    const RowCall& call, const Formula& formula, const RowTarget& target, float target_logit, float target_weight,
    double weight_sum, float saved) {
    if (!target.counts() || saved != saved) return {constant_gradient(target.counts() ? not_a_number : 0.0f), 0.0f};
    const double lse = double(saved);
    RowStatistics<double> statistics{};
    statistics.lse = lse;
    statistics.weight_sum = weight_sum;
    if (target.has_target()) {
        const double surprisal = lse - double(target_logit) * call.logit_scale;
        statistics.surprisal = surprisal > 0.0 ? surprisal : 0.0;  // below 0 only because the lse was rounded
        statistics.probability = ::exp(-statistics.surprisal);
        statistics.complement = -::expm1(-statistics.surprisal);
        statistics.pivot_weight = double(target_weight);
    }
    // e^(z - lse) as e^((x - lse / scale) scale), with what rounding lse / scale to f32 changes put into the factor.
    const float reference = float(lse / call.logit_scale);
    const double correction = ::exp(double(reference) * call.logit_scale - lse);
    return {gradient_of(formula(statistics), target.gradient_factor, correction), reference};
}

template <class L, class Formula>
__global__ void __launch_bounds__(1024) gradient_of_saved_rows(RowCall call, const float* lse, Formula formula) {
    const int64_t index = call.row_begin + int64_t(blockIdx.x);
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const RowTarget target(call, index);
    const RowWeights weights(call, index);
    const L* const row = static_cast<const L*>(call.logits) + index * call.logits_stride;
    double weight_sum = double(call.classes);
    if (weights.data != nullptr) {
        double own = 0.0;
        for (int64_t k = team.rank(); k < call.classes; k += team.size()) own += double(weights[k]);
        weight_sum = team.combine(own, Add{});
    }
    const float target_logit = target.has_target() ? widen(row[target.target]) : 0.0f;
    const float target_weight = target.has_target() ? weights[target.target] : 1.0f;
    const SavedRowGradient saved = team.compute_once<SavedRowGradient>([&] {
        return saved_gradient<L>(call, formula, target, target_logit, target_weight, weight_sum, lse[index]);
    });
    const RowOfPieces<L> pieces(row, call.classes);
    write_gradient<L>(
        call, team, Nowhere<L>{}, pieces, pieces, index, int(target.target), weights, saved.reference, saved.gradient);
}

template <class Formula>
void gradient_of_rows(
    void* stream, const RowCall& call, int32_t logits_type, const float* lse, const Formula& formula) {
    const int64_t rows = call.row_end - call.row_begin;
    if (rows <= 0) return;
    const unsigned threads = call.classes >= 8192 ? 512 : 128;
    with_storage(logits_type, [&]<class L>(L) {
        launch(
            gradient_of_saved_rows<L, Formula>, unsigned(rows), threads, BlockTeam::room_bytes, stream, call, lse, formula);
    });
}

}
