// The logistic function and what goes with it, without overflow and without cancellation: for scalars of a row in double, and for a
// value type.
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

BASIN_HD double sigmoid(double x) {
    const double e = ::exp(x < 0.0 ? x : -x);
    return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

// log(1 + e^x)
BASIN_HD double softplus(double x) { return (x > 0.0 ? x : x == x ? 0.0 : x) + ::log1p(::exp(x < 0.0 ? x : -x)); }

// sigmoid(a + b) within 4 ulp down to the smallest normal number: at -80 the sum's rounding alone would cost 32 of e^-80, so what was
// rounded off (Knuth's exact sum) is multiplied back in.
template <class T>
BASIN_HD T sigmoid_of_sum(T a, T b) {
    const T sum = a + b, other = sum - a, rest = (a - (sum - other)) + (b - other);
    const T size = max(sum, -sum);
    const T toward_zero = select(size < T(1e30f), select(sum < T(0.0f), rest, -rest), T(0.0f));
    const T nearest = exp(-size), e = fma(nearest, toward_zero, nearest);
    return select(sum < T(0.0f), e, T(1.0f)) / (T(1.0f) + e);
}

// tanh x within 3 ulp: by the polynomial of Cephes' tanhf below 0.625, where 1 - e^-2x would lose its digits.
template <class T>
BASIN_HD T hyperbolic_tangent(T x) {
    const T size = max(x, -x), e = exp(T(-2.0f) * size), q = x * x;
    const T far = (T(1.0f) - e) / (T(1.0f) + e);
    T p = fma(T(-5.70498872745e-3f), q, T(2.06390887954e-2f));
    p = fma(p, q, T(-5.37397155531e-2f));
    p = fma(p, q, T(1.33314422036e-1f));
    p = fma(p, q, T(-3.33332819422e-1f));
    // fma of a negative zero would be a positive one.
    const T near = select(x == T(0.0f), x, fma(p * q, x, x));
    return select(size < T(0.625f), near, select(x < T(0.0f), -far, far));
}

}
