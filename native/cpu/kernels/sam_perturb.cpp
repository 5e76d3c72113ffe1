#include <string.h>

#include "formula/sharpness.h"

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void sam_perturb(
    int32_t, void* weights, void* saved_weights, int32_t, const void* gradients,
    const double* norm, const float* grad_factor, int64_t begin, int64_t end,
    double rho, int32_t adaptive, double eta, double grad_scale) {
    const Perturbation perturbation(rho, *norm, folded(grad_scale, grad_factor), adaptive != 0, eta);
    const ReadWrite w{static_cast<float*>(weights)};
    const ReadScaled g{static_cast<const float*>(gradients), perturbation.gradient_factor};
    const Write saved{static_cast<float*>(saved_weights)};
    if (saved_weights == nullptr) {
        if (perturbation.is_zero()) return;
        elementwise(begin, end, [=](Float& to, Float by) { to = perturbation.perturbed(to, by); }, w, g);
    } else if (perturbation.is_zero()) {
        memcpy(saved.data + begin, w.data + begin, size_t(end - begin) * sizeof(float));
    } else {
        elementwise(begin, end, [=](Float& to, Float by, Float& before) {
            before = to;
            to = perturbation.perturbed(to, by);
        }, w, g, saved);
    }
}

}
