// The logistic function and what goes with it, for scalars of a row, without overflow and without cancellation.
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

BASIN_HD double sigmoid(double x) {
    const double e = ::exp(x < 0.0 ? x : -x);
    return (x < 0.0 ? e : 1.0) / (1.0 + e);
}

// log(1 + e^x)
BASIN_HD double softplus(double x) { return (x > 0.0 ? x : x == x ? 0.0 : x) + ::log1p(::exp(x < 0.0 ? x : -x)); }

}
