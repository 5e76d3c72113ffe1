// atan x within 2.3 ulp, below 2 but for x just above tan(pi/8): Cephes' atanf, a polynomial on |x| <= tan(pi/8) and two reductions to it.
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

template <class T>
BASIN_HD T arctangent(T x) {
    const T size = max(x, -x), one = T(1.0f), zero = T(0.0f);
    const auto is_far = size > T(2.41421356f), is_near = size < T(0.414213562f);
    // -1 / size, (size - 1) / (size + 1) or size itself; the angle that was left out, in two parts.
    const T above = select(is_far, -one, select(is_near, size, size - one));
    const T below = select(is_far, size, select(is_near, one, size + one));
    const T angle = select(is_far, T(1.57079637f), select(is_near, zero, T(0.785398185f)));
    const T rest = select(is_far, T(-4.37113883e-8f), select(is_near, zero, T(-2.18556941e-8f)));
    const T u = above / below, q = u * u;
    T p = fma(T(8.05374449538e-2f), q, T(-1.38776856032e-1f));
    p = fma(p, q, T(1.99777106478e-1f));
    p = fma(p, q, T(-3.33329491539e-1f));
    const T result = angle + (fma(p * q, u, u) + rest);
    return select(x < zero, -result, select(x == zero, x, result));
}

}
