#include "formula/lion_k.h"

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void lion_k_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum,
    const float* grad_factor, int64_t begin, int64_t end,
    int32_t kind, double learning_rate, double beta1, double beta2, double weight_decay, double smoothing, double grad_scale) {
    const Lion lion(learning_rate, beta1, beta2, weight_decay);
    const float factor = float(folded(grad_scale, grad_factor));
    with_slope(kind, smoothing, [&]<class Slope>(Slope slope) {
        with_weights(weights_type, weights, master, [&](auto w) {
            with_storage(gradients_type, [&]<class G>(G) {
                with_storage(state_type, [&]<class S>(S) {
                    elementwise(
                        begin, end, LionK<Slope>{lion, slope}, w, ReadScaled{static_cast<const G*>(gradients), factor},
                        ReadWrite{static_cast<S*>(momentum)});
                });
            });
        });
    });
}

}
