#include "blocks.h"
#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

template <class W, class G>
double sum_of_scaled_squares(const W* w, const G* g, int64_t n, bool adaptive, double eta) {
    Double total{};
    for_vectors(n, [&](int64_t i, auto span) {
        Double scaled = widen(load(g + i, span, Float(0.0f)));
        if (adaptive) {
            const Float weight = load(w + i, span, Float(0.0f));
            scaled *= widen(max(weight, -weight)) + eta;
        }
        total += scaled * scaled;
    });
    return sum(total);
}

void sam_norm(
    int32_t weights_type, const void* weights, int32_t gradients_type, const void* gradients, double* partials,
    int64_t block_begin, int64_t block_end, int64_t elements, int32_t adaptive, double eta) {
    with_storage(weights_type, [&]<class W>(W) {
        with_storage(gradients_type, [&]<class G>(G) {
            for (int64_t block = block_begin; block < block_end; ++block) {
                const int64_t begin = block * block_elements;
                const int64_t left = elements - begin;
                partials[block] = sum_of_scaled_squares(
                    static_cast<const W*>(weights) + begin, static_cast<const G*>(gradients) + begin,
                    left < block_elements ? left : block_elements, adaptive != 0, eta);
            }
        });
    });
}

}
