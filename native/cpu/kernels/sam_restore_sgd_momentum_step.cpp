#include "formula/sgd_momentum.h"
#include "formula/sharpness.h"

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

// w is restored from the tensors that follow the momentum buffer, and then stepped.
template <class Restore, class Weights, class Gradients, class... From>
void restored_step(
    int64_t begin, int64_t end, SgdMomentum sgd, float* momentum_buffer, Restore restore, Weights w, Gradients g,
    From... from) {
    if (momentum_buffer == nullptr) {
        elementwise(begin, end, [=](Float& weight, Float gradient, auto... source) {
            weight = restore(weight, source...);
            sgd(weight, gradient);
        }, w, g, from...);
    } else {
        elementwise(begin, end, [=](Float& weight, Float gradient, Float& buffer, auto... source) {
            weight = restore(weight, source...);
            sgd(weight, gradient, buffer);
        }, w, g, ReadWrite{momentum_buffer}, from...);
    }
}

void sam_restore_sgd_momentum_step(
    int32_t, void* weights, const void* saved_weights, int32_t, const void* ascent_gradients,
    const double* norm, const float* ascent_factor,
    int32_t, const void* gradients, int32_t, void* momentum_buffer, const float* grad_factor,
    int64_t begin, int64_t end, double rho, int32_t adaptive, double eta, double ascent_scale,
    double learning_rate, double momentum, double dampening, int32_t nesterov, double weight_decay, double grad_scale,
    int64_t step) {
    const SgdMomentum sgd(learning_rate, momentum, dampening, nesterov != 0, weight_decay, step == 1);
    const Perturbation perturbation(rho, *norm, folded(ascent_scale, ascent_factor), adaptive != 0, eta);
    float* const w = static_cast<float*>(weights);
    float* const buffer = static_cast<float*>(momentum_buffer);
    const ReadScaled g{static_cast<const float*>(gradients), float(folded(grad_scale, grad_factor))};
    if (saved_weights != nullptr) {
        const Read saved{static_cast<const float*>(saved_weights)};
        restored_step(begin, end, sgd, buffer, [](Float, Float weight) { return weight; }, Write{w}, g, saved);
    } else if (ascent_gradients == nullptr || perturbation.is_zero()) {
        restored_step(begin, end, sgd, buffer, [](Float weight) { return weight; }, ReadWrite{w}, g);
    } else {
        const ReadScaled ascent{static_cast<const float*>(ascent_gradients), perturbation.gradient_factor};
        restored_step(begin, end, sgd, buffer, [=](Float weight, Float by) { return perturbation.undone(weight, by); },
            ReadWrite{w}, g, ascent);
    }
}

}
