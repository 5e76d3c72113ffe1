#include "formula/cross_entropy.h"

#include "kernels.h"
#include "row_divergence.h"

namespace basin::inline BASIN_ISA {

struct TrajectoryCall {
    RowCall row;
    int32_t past_type;
    const void* past;
    int64_t past_stride, past_rows;
    const int32_t* past_indices;
    float* losses;
    float* cross_entropies;
    float* divergences;
    double lambda, tau;
};

struct TrajectoryValue {
    double loss, cross_entropy, divergence;
};

__device__ inline void report(const TrajectoryCall& call, int64_t index, const TrajectoryValue& value) {
    if (call.losses != nullptr) call.losses[index] = float(value.loss);
    if (call.cross_entropies != nullptr) call.cross_entropies[index] = float(value.cross_entropy);
    if (call.divergences != nullptr) call.divergences[index] = float(value.divergence);
}

__device__ inline void report_constant(
    const TrajectoryCall& call, const BlockTeam& team, int64_t index, float value, float divergence) {
    if (team.rank() == 0) report(call, index, {value, value, divergence});
}

__device__ inline void write_constant(const RowCall& call, const BlockTeam& team, int64_t index, float value) {
    if (call.gradient == nullptr) return;
    for (int64_t first = int64_t(team.rank()) * elements_of_thread; first < call.classes;
         first += int64_t(team.size()) * elements_of_thread) {
        const Elements entries{value, value, value, value};
        store_gradient(call, index, first, entries);
    }
}

template <class L>
__global__ void __launch_bounds__(512) trajectory_of_rows(TrajectoryCall call, CrossEntropy formula) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t index = call.row.row_begin + int64_t(blockIdx.x);
    const RowTarget target(call.row, index);
    const int64_t past_row = call.past_indices == nullptr ? index : int64_t(call.past_indices[index]);
    const bool missing = call.past != nullptr && (past_row < 0 || past_row >= call.past_rows);
    if (!target.counts() || missing) {
        const float value = target.ignored ? 0.0f : not_a_number;
        report_constant(call, team, index, value, value);
        write_constant(call.row, team, index, 0.0f);
        return;
    }
    const L* const row = static_cast<const L*>(call.row.logits) + index * call.row.logits_stride;
    const float target_logit = widen(row[target.target]);
    const RowWeights weights(call.row, index);
    const Nowhere<L> place;
    const RowOfPieces<L> pieces(row, call.row.classes);
    RowSums sums;
    sums.best = find_best<L>(team, place, pieces, false);
    add_others<L>(call.row, team, place, pieces, int(target.target), weights, formula.needs_gaps(), sums);
    if (!is_number(sums, target_logit)) {
        report_constant(call, team, index, not_a_number, call.past == nullptr ? 0.0f : not_a_number);
        write_constant(call.row, team, index, not_a_number);
        return;
    }
    const RowStatistics<double> statistics = statistics_of(call.row, sums, target_logit, 1.0);
    const RowCoefficients<double> of = formula(statistics);
    const RowGradient gradient = gradient_of(of, target.gradient_factor, statistics.largest);
    TrajectoryValue value{of.loss, of.loss, 0.0};
    const PairOfRows<L> pair{
        row, TypedRow(call.past_type, call.past, past_row * call.past_stride), call.row.classes, call.tau};
    Divergence divergence{};
    double shifted_target = 0.0;
    if (call.past != nullptr) {
        divergence = divergence_of(team, pair);
        value.divergence = divergence.is_number() ? call.tau * call.tau * divergence.value : double(not_a_number);
        value.loss += weighted(call.lambda, value.divergence);
        shifted_target = shifted_probability_of(divergence, call.tau, target_logit, pair.past[target.target]);
    }
    if (team.rank() == 0) {
        report(
            call, index,
            {value.loss * target.weight, value.cross_entropy * target.weight, value.divergence * target.weight});
    }
    if (call.row.gradient == nullptr) return;
    if (call.past == nullptr || call.lambda == 0.0) {
        write_gradient<L>(
            call.row, team, place, pieces, pieces, index, int(target.target), weights, sums.best.value, gradient);
    } else if (divergence.is_number()) {
        const double pull = call.lambda * call.tau * target.gradient_factor;
        write_divergence_gradient(
            call.row, team, pair, divergence, index, target.target, gradient,
            float((of.uniform + of.weighted) * target.gradient_factor), saturated(pull),
            float(of.pivot * target.gradient_factor + pull * shifted_target), sums.best.value);
    } else {
        write_constant(call.row, team, index, not_a_number);
    }
}

void saf_loss_forward_backward(
    void* stream, int32_t logits_type, const void* logits, int64_t logits_stride,
    int32_t past_type, const void* past, int64_t past_stride, const int32_t* past_indices, const int32_t* targets,
    int32_t, const void* row_weights, int32_t, void* losses, void* cross_entropies, void* divergences,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes, int64_t past_rows,
    double lambda, double tau, double label_smoothing, double grad_scale, int32_t ignore_index) {
    if (row_end <= row_begin) return;
    const RowCall row{
        logits, logits_stride, targets, ignore_index, BASIN_F32, nullptr, 0, static_cast<const float*>(row_weights),
        grad_type, grad_logits, grad_stride, grad_scale, grad_factor, row_begin, row_end, classes, 1.0};
    const TrajectoryCall call{
        row, past_type, past, past_stride, past_rows, past_indices, static_cast<float*>(losses),
        static_cast<float*>(cross_entropies), static_cast<float*>(divergences), lambda, tau};
    with_storage(logits_type, [&]<class L>(L) {
        launch(
            trajectory_of_rows<L>, unsigned(row_end - row_begin), classes >= 4096 ? 512 : 128, BlockTeam::room_bytes, stream,
            call, CrossEntropy(label_smoothing, 0.0, double(classes)));
    });
}

}
