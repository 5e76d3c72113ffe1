// The inverse of the Box-Cox transformation: e^z for lambda = 0, else max(1 + lambda z, 0)^(1 / lambda), a base of 0 giving 0 for
// lambda above 0 and infinity below.
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

struct BoxCoxInverse {
    double lambda;

    BASIN_HD double operator()(double z) const {
        if (lambda == 0.0) return ::exp(z);
        const double rise = lambda * z;
        if (rise != rise) return rise;
        if (rise <= -1.0) return lambda > 0.0 ? 0.0 : HUGE_VAL;
        return ::exp(::log1p(rise) / lambda);
    }
};

}
