#include "formula/lion_k.h"

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"
#include "squares.h"

namespace basin::inline BASIN_ISA {

void lion_k_group_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum,
    const float* grad_factor, double* norms,
    int64_t group_begin, int64_t group_end, int64_t elements, int64_t group_elements,
    double learning_rate, double beta1, double beta2, double weight_decay, double grad_scale) {
    const Lion lion(learning_rate, beta1, beta2, weight_decay);
    const LionInterpolation u(beta1);
    const float factor = float(folded(grad_scale, grad_factor));
    with_weights(weights_type, weights, master, [&](auto w) {
        with_storage(gradients_type, [&]<class G>(G) {
            with_storage(state_type, [&]<class S>(S) {
                const ReadScaled g{static_cast<const G*>(gradients), factor};
                const ReadWrite m{static_cast<S*>(momentum)};
                for (int64_t group = group_begin; group < group_end; ++group) {
                    const int64_t begin = group * group_elements;
                    const int64_t n = elements - begin < group_elements ? elements - begin : group_elements;
                    const double squares = sum_of_squares_at(n, [&](int64_t i, auto span) {
                        return widen(u.at(g.get(begin + i, span), m.get(begin + i, span)));
                    });
                    const double norm = ::sqrt(squares);
                    if (norms != nullptr) norms[group] = norm;
                    elementwise(begin, begin + n, LionK<ByNorm>{lion, ByNorm(norm)}, w, g, m);
                }
            });
        });
    });
}

}
