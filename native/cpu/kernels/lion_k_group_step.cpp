#include "elementwise.h"
#include "factor.h"
#include "kernels.h"
#include "lion_groups.h"

namespace basin::inline BASIN_ISA {

void lion_k_group_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum,
    const float* grad_factor, double* norms,
    int64_t group_begin, int64_t group_end, int64_t elements, int64_t group_elements,
    double learning_rate, double beta1, double beta2, double weight_decay, double grad_scale) {
    const Lion lion(learning_rate, beta1, beta2, weight_decay);
    const LionInterpolation u(beta1);
    const LionGroups groups{norms, group_begin, group_end, elements, group_elements};
    const float factor = float(folded(grad_scale, grad_factor));
    with_weights(weights_type, weights, master, [&](auto w) {
        with_storage(gradients_type, [&]<class G>(G) {
            with_storage(state_type, [&]<class S>(S) {
                const ReadScaled g{static_cast<const G*>(gradients), factor};
                const ReadWrite m{static_cast<S*>(momentum)};
                groups.visit(
                    [&](int64_t i, auto span) { return u.at(g.get(i, span), m.get(i, span)); },
                    [&](int64_t begin, int64_t end, ByNorm slope) {
                        elementwise(begin, end, LionK<ByNorm>{lion, slope}, w, g, m);
                    });
            });
        });
    });
}

}
