#include "factor.h"
#include "formula/cross_entropy.h"
#include "kernels.h"
#include "row_divergence.h"
#include "row_loss.h"

namespace basin::inline BASIN_ISA {

struct TrajectoryCall {
    RowCall row;
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

constexpr TrajectoryValue nothing_counted{0.0, 0.0, 0.0};
constexpr TrajectoryValue no_number{double(not_a_number), double(not_a_number), double(not_a_number)};

void report(const TrajectoryCall& call, int64_t index, const TrajectoryValue& value) {
    if (call.losses != nullptr) call.losses[index] = float(value.loss);
    if (call.cross_entropies != nullptr) call.cross_entropies[index] = float(value.cross_entropy);
    if (call.divergences != nullptr) call.divergences[index] = float(value.divergence);
}

// Null where the row has no past, and `missing` where it should have one but there is no such row.
template <class P>
const P* past_of(const TrajectoryCall& call, int64_t index, bool& missing) {
    missing = false;
    if (call.past == nullptr) return nullptr;
    const int64_t row = call.past_indices == nullptr ? index : call.past_indices[index];
    missing = row < 0 || row >= call.past_rows;
    return missing ? nullptr : static_cast<const P*>(call.past) + row * call.past_stride;
}

template <class L, class G>
void write_cross_entropy_gradient(
    const RowCall& call, const Row<L, float, G>& row, const RowCoefficients<double>& of, float maximum, double factor) {
    with_exponential(maximum, call.logit_scale, [&]<class E>(const E& exponential) {
        write_classes(row, of, ComputedExponentials<L, E>{row.logits, exponential}, 0, call.classes, factor);
    });
    write_pivot(row, row.target, of);
}

template <class L, class P, class G>
void write_trajectory_gradient(
    const TrajectoryCall& call, const Row<L, float, G>& row, const PastRow<L, P>& pair,
    const RowCoefficients<double>& of, const Divergence& divergence, double factor) {
    const double pull = call.lambda * call.tau * row.gradient_factor;
    const double at_target = of.pivot * row.gradient_factor +
        pull * shifted_probability_of(
            divergence, call.tau, widen(row.logits[row.target]), widen(pair.past[row.target]));
    const double uniform = (of.uniform + of.weighted) * row.gradient_factor;
    with_exponential(divergence.maximum, call.row.logit_scale, [&](const auto& exponential) {
        const auto write = [&](const auto& shifted) {
            write_divergence_gradient(
                pair, shifted, exponential, saturated(factor), float(uniform), saturated(pull), row.gradient);
        };
        if (divergence.value < double(infinity)) {
            write(ShiftedProbability(divergence, call.tau));
        } else {
            write(PlainDifference(divergence, call.tau));
        }
    });
    store_one(row.gradient + row.target, float(at_target));
}

template <class L, class P, class G>
void trajectory_row(const TrajectoryCall& call, const CrossEntropy& formula, int64_t index) {
    const Row<L, float, G> row(call.row, index);
    bool missing;
    const P* const past = past_of<P>(call, index, missing);
    if (!row.has_target() || missing) {
        report(call, index, row.ignored ? nothing_counted : no_number);
        write_constant(call.row, row, 0.0f);
        return;
    }
    float references[most_chunks];
    const float target = widen(row.logits[row.target]);
    RowSums sums;
    sum_row(call.row, row, formula.needs_gaps(), false, no_room, references, sums);
    if (!is_number(sums, target)) {
        report(call, index, {no_number.loss, no_number.cross_entropy, past == nullptr ? 0.0 : no_number.divergence});
        write_constant(call.row, row, not_a_number);
        return;
    }
    const RowStatistics<double> statistics = statistics_of(call.row, sums, target, 1.0);
    const RowCoefficients<double> of = formula(statistics);
    const double factor = of.softmax * row.gradient_factor * statistics.largest;
    TrajectoryValue value{of.loss, of.loss, 0.0};
    bool pulls = false;
    const PastRow<L, P> pair{row.logits, past, call.row.classes, call.tau};
    Divergence divergence{};
    if (past != nullptr) {
        divergence = divergence_of(pair, sums.maximum);
        pulls = call.lambda != 0.0;
        value.divergence = divergence.is_number() ? call.tau * call.tau * divergence.value : double(not_a_number);
        value.loss += weighted(call.lambda, value.divergence);
    }
    report(call, index, {value.loss * row.weight, value.cross_entropy * row.weight, value.divergence * row.weight});
    if (row.gradient == nullptr) return;
    if (!pulls) {
        write_cross_entropy_gradient(call.row, row, of, sums.maximum, factor);
    } else if (divergence.is_number()) {
        write_trajectory_gradient(call, row, pair, of, divergence, factor);
    } else {
        write_constant(call.row, row, not_a_number);
    }
}

void saf_loss_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride,
    int32_t past_type, const void* past, int64_t past_stride, const int32_t* past_indices, const int32_t* targets,
    int32_t, const void* row_weights, int32_t, void* losses, void* cross_entropies, void* divergences,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes, int64_t past_rows,
    double lambda, double tau, double label_smoothing, double grad_scale, int32_t ignore_index) {
    const RowCall row{
        logits, logits_stride, targets, ignore_index, nullptr, 0, static_cast<const float*>(row_weights),
        grad_logits, grad_stride, folded(grad_scale, grad_factor), row_begin, row_end, classes, 1.0};
    const TrajectoryCall call{
        row, past, past_stride, past_rows, past_indices, static_cast<float*>(losses),
        static_cast<float*>(cross_entropies), static_cast<float*>(divergences), lambda, tau};
    const CrossEntropy formula(label_smoothing, 0.0, double(classes));
    with_storage(logits_type, [&]<class L>(L) {
        with_any_storage(past_type, [&]<class P>(P) {
            with_storage(grad_type, [&]<class G>(G) {
                for (int64_t i = row_begin; i < row_end; ++i) trajectory_row<L, P, G>(call, formula, i);
            });
        });
    });
}

}
