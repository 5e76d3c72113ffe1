#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

constexpr int64_t block_length = 65536;

void sam_norm(
    int32_t, const void* weights, int32_t, const void* gradients, double* partials,
    int64_t block_begin, int64_t block_end, int64_t elements, int32_t adaptive, double eta) {
    for (int64_t block = block_begin; block < block_end; ++block) {
        const int64_t begin = block * block_length;
        const int64_t left = elements - begin;
        const float* const w = static_cast<const float*>(weights) + begin;
        const float* const g = static_cast<const float*>(gradients) + begin;
        Double total{};
        for_vectors(left < block_length ? left : block_length, [&](int64_t i, auto span) {
            Double scaled = widen(load(g + i, span, Float(0.0f)));
            if (adaptive != 0) {
                const Float weight = load(w + i, span, Float(0.0f));
                scaled *= widen(max(weight, -weight)) + eta;
            }
            total += scaled * scaled;
        });
        partials[block] = sum(total);
    }
}

}
