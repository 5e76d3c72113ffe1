#include "formula/adamw.h"

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void adamw_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t first_moment_type, void* first_moment, int32_t second_moment_type, void* second_moment,
    const float* grad_factor, int64_t begin, int64_t end,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, double grad_scale,
    int64_t step) {
    const AdamW formula(learning_rate, beta1, beta2, epsilon, weight_decay, step);
    const float factor = float(folded(grad_scale, grad_factor));
    with_weights(weights_type, weights, master, [&](auto w) {
        with_storage(gradients_type, [&]<class G>(G) {
            with_storage(first_moment_type, [&]<class M>(M) {
                with_storage(second_moment_type, [&]<class V>(V) {
                    elementwise(
                        begin, end, formula, w, ReadScaled{static_cast<const G*>(gradients), factor},
                        ReadWrite{static_cast<M*>(first_moment)}, ReadWrite{static_cast<V*>(second_moment)});
                });
            });
        });
    });
}

}
