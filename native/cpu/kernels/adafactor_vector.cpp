#include "elementwise.h"
#include "factor.h"
#include "formula/adafactor.h"
#include "blocks.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

void adafactor_vector_moments(
    int32_t gradients_type, const void* gradients, int32_t, void* moments, double* partials, const float* grad_factor,
    int64_t block_begin, int64_t block_end, int64_t elements, double decay, double epsilon1, double grad_scale) {
    const AdafactorMoment formula(decay, epsilon1);
    const float factor = float(folded(grad_scale, grad_factor));
    with_storage(gradients_type, [&]<class G>(G) {
        for (int64_t block = block_begin; block < block_end; ++block) {
            const int64_t begin = block * block_elements;
            const int64_t left = elements - begin;
            const ReadScaled g{static_cast<const G*>(gradients) + begin, factor};
            const ReadWrite moment{static_cast<float*>(moments) + begin};
            Double total{};
            for_vectors(left < block_elements ? left : block_elements, [&](int64_t i, auto span) {
                Float v = moment.get(i, span);
                const Float u = formula(g.get(i, span), v);
                moment.put(i, span, v);
                const Double wide = widen(u);
                total += wide * wide;
            });
            partials[block] = sum(total);
        }
    });
}

void adafactor_vector_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t, const void* moments, void* momentum, const double* rates, const float* grad_factor,
    int64_t begin, int64_t end, double learning_rate, double beta1, double weight_decay, double grad_scale) {
    const AdafactorVectorStep formula{{learning_rate, beta1, weight_decay, rates}};
    const float factor = float(folded(grad_scale, grad_factor));
    const Read moment{static_cast<const float*>(moments)};
    with_weights(weights_type, weights, master, [&](auto w) {
        with_storage(gradients_type, [&]<class G>(G) {
            const ReadScaled g{static_cast<const G*>(gradients), factor};
            if (momentum == nullptr) {
                elementwise(begin, end, formula, w, g, moment);
            } else {
                elementwise(begin, end, formula, w, g, moment, ReadWrite{static_cast<float*>(momentum)});
            }
        });
    });
}

}
