#include "blocks.h"
#include "kernels.h"
#include "scalars/online.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

struct RoundTensors {
    const float* center;
    const float* grad;
    const float* past_hint;  // or null
    const float* hint;
};

template <class Span>
BASIN_HD Double wide_entries(const float* x, int64_t i, Span span) {
    return x == nullptr ? Double(0.0) : widen(load(x + i, span, Float(0.0f)));
}

inline double hint_error(const RoundTensors& round, int64_t begin, int64_t n) {
    Double total{};
    for_vectors(n, [&](int64_t k, auto span) {
        const Double error = wide_entries(round.grad, begin + k, span) - wide_entries(round.past_hint, begin + k, span);
        total += error * error;
    });
    return sum(total);
}

inline void round_products(const RoundTensors& round, int64_t begin, int64_t n, double* products) {
    Double totals[mirror_descent_sums_of_block - 1] = {};
    for_vectors(n, [&](int64_t k, auto span) {
        const Double x = wide_entries(round.center, begin + k, span), g = wide_entries(round.grad, begin + k, span),
                     m = wide_entries(round.hint, begin + k, span);
        totals[0] += x * x;
        totals[1] += x * g;
        totals[2] += g * g;
        totals[3] += x * m;
        totals[4] += g * m;
        totals[5] += m * m;
    });
    for (int k = 0; k < mirror_descent_sums_of_block - 1; ++k) products[k] = sum(totals[k]);
}

void mirror_descent_sums(
    int32_t, const void* center, const void* grad, const void* past_hint, const void* hint, double* partials,
    int64_t block_begin, int64_t block_end, int64_t elements, int32_t products) {
    const RoundTensors round{
        static_cast<const float*>(center), static_cast<const float*>(grad), static_cast<const float*>(past_hint),
        static_cast<const float*>(hint)};
    for (int64_t block = block_begin; block < block_end; ++block) {
        const int64_t begin = block * block_elements, left = elements - begin;
        const int64_t n = left < 0 ? 0 : left < block_elements ? left : block_elements;
        double* const to = partials + block * mirror_descent_sums_of_block;
        to[0] = hint_error(round, begin, n);
        for (int k = 1; k < mirror_descent_sums_of_block; ++k) to[k] = 0.0;
        if (products != 0) round_products(round, begin, n, to + 1);
    }
}

}
