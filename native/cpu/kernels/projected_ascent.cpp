#include "formula/distributed.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

// The Euclidean norm of one - other, which may be null, in f64.
template <class S>
double norm_of_difference(const S* one, const S* other, int64_t n) {
    Double total{};
    for_vectors(n, [&](int64_t i, auto span) {
        const Float zero(0.0f);
        const Double left = widen(load(one + i, span, zero));
        const Double wide = other == nullptr ? left : left - widen(load(other + i, span, zero));
        total += wide * wide;
    });
    return ::sqrt(sum(total));
}

template <class S>
void ascend_in_ball(S* x, const S* gradient, const S* origin, int64_t n, double step, double rho, float low, float high) {
    const double norm = norm_of_difference(gradient, static_cast<const S*>(nullptr), n);
    elementwise(0, n, BallMove{float(step), float(norm)}, ReadWrite{x}, Read{gradient});
    const double distance = norm_of_difference<S>(x, origin, n);
    const double share = distance > rho ? rho / distance : 1.0;
    elementwise(0, n, BallReturn{float(share), low, high}, ReadWrite{x}, Read{origin});
}

void projected_ascent(
    int32_t values_type, void* values, const void* gradients, const void* origins,
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t norm, double step, double rho, double low, double high) {
    const BoxAscent box{float(step), float(rho), float(low), float(high)};
    with_storage(values_type, [&]<class S>(S) {
        S* const x = static_cast<S*>(values);
        const S* const gradient = static_cast<const S*>(gradients);
        const S* const origin = static_cast<const S*>(origins);
        if (norm == 0) {
            return elementwise(row_begin * columns, row_end * columns, box, ReadWrite{x}, Read{gradient}, Read{origin});
        }
        for (int64_t row = row_begin; row < row_end; ++row) {
            const int64_t at = row * columns;
            ascend_in_ball(x + at, gradient + at, origin + at, columns, step, rho, float(low), float(high));
        }
    });
}

}
