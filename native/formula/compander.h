// The curves of the weight compander (Cakaj et al., arXiv 2306.16993; that the paper's is the arctangent is from memory of it, tanh and
// u / (1 + |u|) are ours) over a value type, and their inverses in double. psi is the curve at u, slope its derivative.
#pragma once

#include "formula/arctangent.h"
#include "formula/logistic.h"

namespace basin::inline BASIN_ISA {

enum CompanderCurve : int32_t { arctan_curve, tanh_curve, softsign_curve };

struct ArctanCurve {
    template <class T>
    BASIN_HD T psi(T u) const { return arctangent(u); }

    // Beyond 1e4, where u^2 may be no f32, 1 / u^2 is as good.
    template <class T>
    BASIN_HD T slope(T u) const {
        const T size = max(u, -u), inverse = T(1.0f) / size;
        return select(size > T(1e4f), inverse * inverse, T(1.0f) / fma(u, u, T(1.0f)));
    }

    static BASIN_HD double inverse(double share) {
        return ::fabs(share) < 1.5707963267948966 ? ::tan(share) : share * HUGE_VAL - share * HUGE_VAL;
    }
};

struct TanhCurve {
    template <class T>
    BASIN_HD T psi(T u) const { return hyperbolic_tangent(u); }

    // 1 - tanh^2 without cancellation.
    template <class T>
    BASIN_HD T slope(T u) const {
        const T e = exp(T(-2.0f) * max(u, -u)), sum = T(1.0f) + e;
        return T(4.0f) * e / (sum * sum);
    }

    static BASIN_HD double inverse(double share) { return ::atanh(share); }
};

struct SoftsignCurve {
    template <class T>
    BASIN_HD T psi(T u) const {
        const T size = max(u, -u);
        return select(size > T(3e38f), select(u < T(0.0f), T(-1.0f), T(1.0f)), u / (T(1.0f) + size));
    }

    template <class T>
    BASIN_HD T slope(T u) const {
        const T inverse = T(1.0f) / (T(1.0f) + max(u, -u));
        return inverse * inverse;
    }

    static BASIN_HD double inverse(double share) {
        return ::fabs(share) < 1.0 ? share / (1.0 - ::fabs(share)) : share * HUGE_VAL - share * HUGE_VAL;
    }
};

// Calls body with a curve.
template <class Body>
void with_curve(int32_t curve, Body body) {
    switch (curve) {
        case tanh_curve: return body(TanhCurve{});
        case softsign_curve: return body(SoftsignCurve{});
        default: return body(ArctanCurve{});
    }
}

template <class Curve>
struct Compander {
    Curve curve;
    float a, b;

    template <class T>
    BASIN_HD void operator()(T v, T& weight) const { weight = T(a) * curve.psi(v / T(b)); }
};

// What one element gives: the gradient by its value, and its terms of those by a and, times -b, by b.
template <class Curve>
struct CompanderBackward {
    Curve curve;
    float b, ratio;  // a / b

    template <class T>
    BASIN_HD void operator()(T v, T g, T& grad, T& by_a, T& by_b) const {
        const T u = v / T(b);
        grad = g * T(ratio) * curve.slope(u);
        by_a = g * curve.psi(u);
        by_b = grad * v;
    }
};

template <class Curve>
Compander(Curve, float, float) -> Compander<Curve>;

template <class Curve>
CompanderBackward(Curve, float, float) -> CompanderBackward<Curve>;

}
