#include "formula/lion_k.h"

#include "blocks.h"
#include "elementwise.h"
#include "factor.h"
#include "kernels.h"
#include "squares.h"

namespace basin::inline BASIN_ISA {

// The largest of what size_of makes of the numbers that at(i, span) gives; NaN is passed over.
template <class At, class SizeOf>
float largest_at(int64_t n, At at, SizeOf size_of, float of_none) {
    const Float none(of_none);
    Float most = none;
    for_vectors(n, [&](int64_t i, auto span) { most = max(padded(size_of(at(i, span)), span, none), most); });
    return largest(most);
}

// The terms in f32, their sum in f64.
template <class At, class Term>
double sum_of_terms(int64_t n, At at, Term term) {
    Double total{};
    for_vectors(n, [&](int64_t i, auto span) { total += widen(padded(term(at(i, span)), span, Float(0.0f))); });
    return sum(total);
}

struct LionStatistics {
    double *scale, *sum;
    int32_t statistic;
    double smoothing, power;

    // Of the n numbers that at(i, span) gives, which are formed once for each of two passes: the second finds them in the cache.
    template <class At>
    void of(int64_t n, At at) const {
        if (statistic == powers_of_all) {
            const float most = largest_at(n, at, [](Float z) { return max(z, -z); }, 0.0f);
            *scale = double(most);
            *sum = sum_of_terms(n, at, PowerTerm(most, power));
        } else if (statistic == exponentials_of_all) {
            const float most = largest_at(n, at, [](Float z) { return z; }, -infinity);
            *scale = double(most);
            *sum = sum_of_terms(n, at, ExponentialTerm(most, smoothing));
        } else {
            *scale = 1.0;
            *sum = sum_of_squares_at(n, [&](int64_t i, auto span) { return widen(at(i, span)); });
        }
    }
};

void lion_k_statistics(
    int32_t gradients_type, const void* gradients, int32_t state_type, const void* momentum,
    const float* grad_factor, double* scales, double* sums, int64_t block_begin, int64_t block_end, int64_t elements,
    int32_t statistic, double beta1, double smoothing, double power, double grad_scale) {
    const LionInterpolation u(beta1);
    const float factor = float(folded(grad_scale, grad_factor));
    with_storage(gradients_type, [&]<class G>(G) {
        with_storage(state_type, [&]<class S>(S) {
            const ReadScaled g{static_cast<const G*>(gradients), factor};
            const Read m{static_cast<const S*>(momentum)};
            for (int64_t block = block_begin; block < block_end; ++block) {
                const int64_t begin = block * block_elements, left = elements - begin;
                const int64_t n = left < block_elements ? left : block_elements;
                const LionStatistics statistics{scales + block, sums + block, statistic, smoothing, power};
                if (momentum == nullptr) {
                    statistics.of(n, [&](int64_t i, auto span) { return g.get(begin + i, span); });
                } else {
                    statistics.of(n, [&](int64_t i, auto span) {
                        return -u.at(g.get(begin + i, span), m.get(begin + i, span));
                    });
                }
            }
        });
    });
}

}
