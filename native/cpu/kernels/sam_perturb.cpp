#include <string.h>

#include "formula/sharpness.h"

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

template <class W, class G>
void perturb(int64_t begin, int64_t end, Perturbation perturbation, W* weights, W* saved, ReadScaled<G> gradients) {
    if (saved == nullptr) {
        if (perturbation.is_zero()) return;
        elementwise(begin, end, [=](Float& w, Float g) { w = perturbation.perturbed(w, g); },
            ReadWrite{weights}, gradients);
    } else if (perturbation.is_zero()) {
        memcpy(saved + begin, weights + begin, size_t(end - begin) * sizeof(W));
    } else {
        elementwise(begin, end, [=](Float& w, Float g, Float& before) {
            before = w;
            w = perturbation.perturbed(w, g);
        }, ReadWrite{weights}, gradients, Write{saved});
    }
}

void sam_perturb(
    int32_t weights_type, void* weights, void* saved_weights, int32_t gradients_type, const void* gradients,
    const double* norm, const float* grad_factor, int64_t begin, int64_t end,
    double rho, int32_t adaptive, double eta, double grad_scale) {
    const Perturbation perturbation(rho, *norm, folded(grad_scale, grad_factor), adaptive != 0, eta);
    with_storage(weights_type, [&]<class W>(W) {
        with_storage(gradients_type, [&]<class G>(G) {
            perturb(begin, end, perturbation, static_cast<W*>(weights), static_cast<W*>(saved_weights),
                ReadScaled<G>{static_cast<const G*>(gradients), perturbation.gradient_factor});
        });
    });
}

}
