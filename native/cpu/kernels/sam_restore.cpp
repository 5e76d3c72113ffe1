#include <string.h>

#include "formula/sharpness.h"

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void sam_restore(
    int32_t weights_type, void* weights, const void* saved_weights,
    int32_t ascent_gradients_type, const void* ascent_gradients,
    const double* norm, const float* ascent_factor, int64_t begin, int64_t end,
    double rho, int32_t adaptive, double eta, double ascent_scale) {
    const Perturbation perturbation(rho, *norm, folded(ascent_scale, ascent_factor), adaptive != 0, eta);
    with_storage(weights_type, [&]<class W>(W) {
        W* const w = static_cast<W*>(weights);
        if (saved_weights != nullptr) {
            memcpy(w + begin, static_cast<const W*>(saved_weights) + begin, size_t(end - begin) * sizeof(W));
        } else if (ascent_gradients != nullptr && !perturbation.is_zero()) {
            with_storage(ascent_gradients_type, [&]<class G>(G) {
                elementwise(begin, end, [=](Float& from, Float by) { from = perturbation.undone(from, by); },
                    ReadWrite{w},
                    ReadScaled<G>{static_cast<const G*>(ascent_gradients), perturbation.gradient_factor});
            });
        }
    });
}

}
