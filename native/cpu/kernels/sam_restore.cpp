#include <string.h>

#include "formula/sharpness.h"

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void sam_restore(
    int32_t, void* weights, const void* saved_weights, int32_t, const void* ascent_gradients,
    const double* norm, const float* ascent_factor, int64_t begin, int64_t end,
    double rho, int32_t adaptive, double eta, double ascent_scale) {
    float* const w = static_cast<float*>(weights);
    if (saved_weights != nullptr) {
        const float* const saved = static_cast<const float*>(saved_weights);
        memcpy(w + begin, saved + begin, size_t(end - begin) * sizeof(float));
        return;
    }
    const Perturbation perturbation(rho, *norm, folded(ascent_scale, ascent_factor), adaptive != 0, eta);
    if (ascent_gradients == nullptr || perturbation.is_zero()) return;
    const ReadScaled g{static_cast<const float*>(ascent_gradients), perturbation.gradient_factor};
    elementwise(begin, end, [=](Float& from, Float by) { from = perturbation.undone(from, by); }, ReadWrite{w}, g);
}

}
