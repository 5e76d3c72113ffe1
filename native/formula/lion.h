// Lion (Chen et al., arXiv 2302.06675, algorithm 2). Every weight moves by the learning rate, beside its decay.
#pragma once

#include "formula/decay.h"

namespace basin::inline BASIN_ISA {

// -1, 0 or 1; NaN for NaN.
template <class T>
BASIN_HD T sign(T x) {
    return select(x > T(0.0f), T(1.0f), select(x < T(0.0f), T(-1.0f), x));
}

struct Lion {
    float keep1, take1;  // beta1, 1 - beta1
    float keep2, take2;  // beta2, 1 - beta2
    float shrink;        // learning_rate weight_decay
    float rate;

    Lion(double learning_rate, double beta1, double beta2, double weight_decay)
        : keep1(float(beta1)), take1(float(1.0 - beta1)), keep2(float(beta2)), take2(float(1.0 - beta2)),
          shrink(float(learning_rate * weight_decay)), rate(float(learning_rate)) {}

    template <class T>
    BASIN_HD void operator()(T& w, T g, T& m) const {
        step(w, g, m, [](T u) { return sign(u); });
    }

    // Along what `direction` makes of the interpolated momentum.
    template <class T, class Direction>
    BASIN_HD void step(T& w, T g, T& m, Direction direction) const {
        const T u = fma(T(take1), g, T(keep1) * m);
        w = decayed(w, T(shrink), T(rate) * direction(u));
        m = fma(T(take2), g, T(keep2) * m);
    }
};

}
