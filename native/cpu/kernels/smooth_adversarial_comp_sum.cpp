#include "formula/comp_sum.h"

#include "factor.h"
#include "kernels.h"
#include "row_loss.h"
#include "row_margins.h"

namespace basin::inline BASIN_ISA {

struct AttackedCall {
    RowCall clean;
    RowCall attacked;
    float* losses;
    float* norms;
    double nu;
};

template <class Row>
void write_both(const AttackedCall& call, const Row& clean, const Row& attacked, float value) {
    write_constant(call.clean, clean, value);
    write_constant(call.attacked, attacked, value);
}

template <class L, class G>
void attacked_row(const AttackedCall& call, const CompSum& formula, int64_t index) {
    using TypedRow = Row<L, float, G>;
    const TypedRow clean(call.clean, index), attacked(call.attacked, index);
    float unused = 0.0f;
    float& loss = call.losses == nullptr ? unused : call.losses[index];
    float& norm = call.norms == nullptr ? unused : call.norms[index];
    if (!clean.has_target()) {
        loss = norm = clean.ignored ? 0.0f : not_a_number;
        write_both(call, clean, attacked, loss);
        return;
    }
    float references[most_chunks];
    const int64_t classes = call.clean.classes;
    RowSums sums;
    sum_row(call.clean, clean, false, false, no_room, references, sums);
    const float target = widen(clean.logits[clean.target]);
    const AttackedRow<L> row(clean.logits, attacked.logits, classes, clean.target);
    const MarginShift moved = sum_margin_shifts(row);
    const double length = ::sqrt(moved.squared);
    if (!is_number(sums, target) || !(length < double(infinity))) {
        loss = norm = not_a_number;
        write_both(call, clean, attacked, not_a_number);
        return;
    }
    const RowStatistics<double> statistics = statistics_of(call.clean, sums, target, 1.0);
    const RowCoefficients<double> of = formula(statistics);
    loss = float((of.loss + call.nu * length) * clean.weight);
    norm = float(length);
    if (clean.gradient == nullptr && attacked.gradient == nullptr) return;
    const double upstream = call.clean.gradient_scale * clean.weight;
    const double pull = length == 0.0 ? 0.0 : upstream * call.nu / length;
    // One beyond f32 multiplies in two parts, since inf times an exponential of 0 would be NaN.
    const double factor = of.softmax * clean.gradient_factor * statistics.largest;
    const bool fits = ::fabs(factor) <= double(std::numeric_limits<float>::max());
    const float amplifier = fits ? 1.0f : saturated(::sqrt(::fabs(factor)));
    with_exponential(sums.maximum, call.clean.logit_scale, [&](const auto& exponential) {
        write_margin_gradients(
            row, exponential, amplifier, saturated(factor / double(amplifier)), pull, clean.gradient, attacked.gradient);
    });
    const double back = pull * moved.total;
    if (clean.gradient != nullptr) {
        store_one(clean.gradient + clean.target, float(of.pivot * clean.gradient_factor - back));
    }
    if (attacked.gradient != nullptr) store_one(attacked.gradient + clean.target, float(back));
}

void smooth_adversarial_comp_sum_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride,
    const void* adversarial_logits, int64_t adversarial_stride, const int32_t* targets,
    int32_t, const void* row_weights, int32_t, void* losses, void* margin_shift_norms,
    int32_t grad_type, void* grad_logits, int64_t grad_stride,
    void* grad_adversarial_logits, int64_t grad_adversarial_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double tau, double rho, double nu, double grad_scale, int32_t ignore_index) {
    const RowCall clean{
        logits, logits_stride, targets, ignore_index, nullptr, 0, static_cast<const float*>(row_weights),
        grad_logits, grad_stride, folded(grad_scale, grad_factor), row_begin, row_end, classes, 1.0 / rho};
    RowCall attacked = clean;
    attacked.logits = adversarial_logits;
    attacked.logits_stride = adversarial_stride;
    attacked.gradient = grad_adversarial_logits;
    attacked.gradient_stride = grad_adversarial_stride;
    const AttackedCall call{clean, attacked, static_cast<float*>(losses), static_cast<float*>(margin_shift_norms), nu};
    with_storage(logits_type, [&]<class L>(L) {
        with_storage(grad_type, [&]<class G>(G) {
            for (int64_t row = row_begin; row < row_end; ++row) attacked_row<L, G>(call, CompSum(tau), row);
        });
    });
}

}
