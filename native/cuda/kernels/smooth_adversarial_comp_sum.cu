#include "formula/comp_sum.h"

#include "kernels.h"
#include "row_loss.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

struct AttackedCall {
    RowCall clean, attacked;
    float* losses;
    float* norms;
    double nu;
};

// The margins' shift: d_k = (h'_y - h'_k) - (h_y - h_k) = shift - (h'_k - h_k), in f64, where these differences are exact.
template <class L>
struct AttackedRow {
    const L* logits;
    const L* attacked;
    int64_t classes, target;
    double shift;

    // body(first, h, h', d) for this thread's groups of classes; d is 0 beyond the row.
    template <class Body>
    __device__ void visit(const BlockTeam& team, Body body) const {
        for (int64_t first = int64_t(team.rank()) * elements_of_thread; first < classes;
             first += int64_t(team.size()) * elements_of_thread) {
            Elements before, after;
            double moved[elements_of_thread];
            load_group(logits, first, classes, 0.0f, before);
            load_group(attacked, first, classes, 0.0f, after);
#pragma unroll
            for (int i = 0; i < elements_of_thread; ++i) {
                moved[i] = first + i < classes ? shift - (double(after[i]) - double(before[i])) : 0.0;
            }
            body(first, before, moved);
        }
    }
};

struct AttackedGradient {
    float amplifier, factor;
    double pull;
    float at_target, attacked_at_target, maximum;
    float constant;
    bool has_own;
};

template <class L>
__device__ void write_gradients(
    const AttackedCall& call, const BlockTeam& team, const AttackedRow<L>& row, int64_t index, const AttackedGradient& of) {
    const float scale = float(call.clean.logit_scale);
    row.visit(team, [&](int64_t first, const Elements& before, const double(&moved)[elements_of_thread]) {
        Elements clean, attacked;
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) {
            const bool is_target = first + i == row.target;
            const float back = float(of.pull * moved[i]);
            const float e = ::expf((before[i] - of.maximum) * scale);
            clean[i] = !of.has_own ? of.constant : is_target ? of.at_target : ::fmaf(e * of.amplifier, of.factor, back);
            attacked[i] = !of.has_own ? of.constant : is_target ? of.attacked_at_target : -back;
        }
        if (call.clean.gradient != nullptr) store_gradient(call.clean, index, first, clean);
        if (call.attacked.gradient != nullptr) store_gradient(call.attacked, index, first, attacked);
    });
}

template <class L>
__global__ void __launch_bounds__(512) loss_of_attacked_rows(AttackedCall call, CompSum formula) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t index = call.clean.row_begin + int64_t(blockIdx.x), classes = call.clean.classes;
    const RowTarget target(call.clean, index);
    const L* const logits = static_cast<const L*>(call.clean.logits) + index * call.clean.logits_stride;
    const L* const attacked = static_cast<const L*>(call.attacked.logits) + index * call.attacked.logits_stride;
    float loss = target.ignored ? 0.0f : not_a_number, norm = loss;
    AttackedGradient gradient{0.0f, 0.0f, 0.0, 0.0f, 0.0f, 0.0f, loss, false};
    AttackedRow<L> row{logits, attacked, classes, target.target, 0.0};
    if (target.counts()) {
        const float target_logit = widen(logits[target.target]);
        row.shift = double(widen(attacked[target.target])) - double(target_logit);
        const Nowhere<L> place;
        const RowOfPieces<L> pieces(logits, classes);
        const RowWeights weights(call.clean, index);
        RowSums sums;
        sums.best = find_best<L>(team, place, pieces, false);
        add_others<L>(call.clean, team, place, pieces, int(target.target), weights, false, sums);
        double squared = 0.0, total = 0.0;
        row.visit(team, [&](int64_t, const Elements&, const double(&moved)[elements_of_thread]) {
#pragma unroll
            for (int i = 0; i < elements_of_thread; ++i) {
                squared += moved[i] * moved[i];
                total += moved[i];
            }
        });
        const double length = ::sqrt(team.combine(squared, Add{}));
        const double moved = team.combine(total, Add{});
        if (is_number(sums, target_logit) && length < double(infinity)) {
            const RowStatistics<double> statistics = statistics_of(call.clean, sums, target_logit, 1.0);
            const RowCoefficients<double> of = formula(statistics);
            loss = float((of.loss + call.nu * length) * target.weight);
            norm = float(length);
            const double upstream = folded(call.clean.gradient_scale, call.clean.gradient_factor) * target.weight;
            const double pull = length == 0.0 ? 0.0 : upstream * call.nu / length;
            const RowGradient alone = gradient_of(of, target.gradient_factor, statistics.largest);
            gradient = {
                alone.amplifier, alone.factor, pull,
                float(of.pivot * target.gradient_factor - pull * moved), float(pull * moved), sums.best.value, 0.0f, true};
        }
    }
    if (team.rank() == 0) {
        if (call.losses != nullptr) call.losses[index] = loss;
        if (call.norms != nullptr) call.norms[index] = norm;
    }
    write_gradients(call, team, row, index, gradient);
}

void smooth_adversarial_comp_sum_forward_backward(
    void* stream, int32_t logits_type, const void* logits, int64_t logits_stride,
    const void* adversarial_logits, int64_t adversarial_stride, const int32_t* targets,
    int32_t, const void* row_weights, int32_t, void* losses, void* margin_shift_norms,
    int32_t grad_type, void* grad_logits, int64_t grad_stride,
    void* grad_adversarial_logits, int64_t grad_adversarial_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double tau, double rho, double nu, double grad_scale, int32_t ignore_index) {
    if (row_end <= row_begin) return;
    const RowCall clean{
        logits, logits_stride, targets, ignore_index, BASIN_F32, nullptr, 0, static_cast<const float*>(row_weights),
        grad_type, grad_logits, grad_stride, grad_scale, grad_factor, row_begin, row_end, classes, 1.0 / rho};
    RowCall attacked = clean;
    attacked.logits = adversarial_logits;
    attacked.logits_stride = adversarial_stride;
    attacked.gradient = grad_adversarial_logits;
    attacked.gradient_stride = grad_adversarial_stride;
    const AttackedCall call{clean, attacked, static_cast<float*>(losses), static_cast<float*>(margin_shift_norms), nu};
    with_storage(logits_type, [&]<class L>(L) {
        launch(
            loss_of_attacked_rows<L>, unsigned(row_end - row_begin), classes >= 4096 ? 512 : 128, BlockTeam::room_bytes,
            stream, call, CompSum(tau));
    });
}

}
