#include "formula/lion_k.h"

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void lion_k_interpolate(
    int32_t gradients_type, const void* gradients, int32_t state_type, const void* momentum,
    int32_t, void* directions,
    const float* grad_factor, int64_t begin, int64_t end, double beta1, double grad_scale) {
    const LionInterpolation formula(beta1);
    const float factor = float(folded(grad_scale, grad_factor));
    with_storage(gradients_type, [&]<class G>(G) {
        with_storage(state_type, [&]<class S>(S) {
            elementwise(
                begin, end, formula, ReadScaled{static_cast<const G*>(gradients), factor}, Read{static_cast<const S*>(momentum)},
                Write{static_cast<float*>(directions)});
        });
    });
}

}
