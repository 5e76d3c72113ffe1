// Elementwise formulas of error feedback (Richtarik et al., arXiv 2402.10774), of federated averages and of projected gradient ascent
// (Madry et al., arXiv 1706.06083).
#pragma once

#include "formula/lion.h"

namespace basin::inline BASIN_ISA {

struct ScaledDifference {
    float scale;

    template <class T>
    BASIN_HD void operator()(T value, T base, T& difference) const { difference = fma(T(scale), value, -base); }
};

struct AccumulateDifference {
    float weight;

    template <class T>
    BASIN_HD void operator()(T& total, T value, T base) const { total = fma(T(weight), value - base, total); }
};

struct AccumulateValue {
    float weight;

    template <class T>
    BASIN_HD void operator()(T& total, T value) const { total = fma(T(weight), value, total); }
};

struct ScaledSign {
    float scale;

    template <class T>
    BASIN_HD void operator()(T value, T& result) const { result = sign(value) * T(scale); }
};

struct BoxAscent {
    float step, rho, low, high;

    template <class T>
    BASIN_HD void operator()(T& x, T gradient, T origin) const {
        const T moved = fma(T(step), sign(gradient), x);
        x = clamped(clamped(moved, origin - T(rho), origin + T(rho)), T(low), T(high));
    }
};

struct BallMove {
    float step, norm;  // of the gradient; nothing moves where it is 0

    template <class T>
    BASIN_HD void operator()(T& x, T gradient) const {
        x = norm == 0.0f ? x + T(0.0f) * gradient : fma(T(step), gradient / T(norm), x);
    }
};

struct BallReturn {
    float share, low, high;

    template <class T>
    BASIN_HD void operator()(T& x, T origin) const { x = clamped(fma(T(share), x - origin, origin), T(low), T(high)); }
};

}
