// AdamW (Loshchilov and Hutter, arXiv 1711.05101). Both bias corrections are folded into the rate and epsilon:
//   lr (m / c1) / (sqrt(v / c2) + eps) = (lr sqrt(c2) / c1) m / (sqrt(v) + eps sqrt(c2)),   c_i = 1 - beta_i^step
#pragma once

#include <stdint.h>

#include "formula/decay.h"

namespace basin::inline BASIN_ISA {

struct AdamW {
    float keep1, take1;  // beta1, 1 - beta1
    float keep2, take2;  // beta2, 1 - beta2
    float shrink;        // learning_rate weight_decay
    float rate, epsilon; // corrected as above

    AdamW(double learning_rate, double beta1, double beta2, double eps, double weight_decay, int64_t step)
        : keep1(float(beta1)), take1(float(1.0 - beta1)), keep2(float(beta2)), take2(float(1.0 - beta2)),
          shrink(float(learning_rate * weight_decay)) {
        const double correction1 = -::expm1(double(step) * ::log(beta1));
        const double root2 = ::sqrt(-::expm1(double(step) * ::log(beta2)));
        rate = float(learning_rate * root2 / correction1);
        epsilon = float(eps * root2);
    }

    template <class T>
    BASIN_HD void operator()(T& w, T g, T& m, T& v) const {
        m = fma(T(take1), g, T(keep1) * m);
        v = fma(T(take2) * g, g, T(keep2) * v);
        w = decayed(w, T(shrink), T(rate) * m / (sqrt(v) + T(epsilon)));
    }
};

}
