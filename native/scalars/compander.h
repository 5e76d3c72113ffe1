#pragma once

#include "formula/compander.h"
#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

template <class Curve, class Read, class Write>
struct CompanderInverse {
    Read weights;
    Write values;
    const double* a;
    const double* b;
    int64_t columns;

    BASIN_HD void operator()(int64_t row) const {
        for (int64_t i = row * columns; i < (row + 1) * columns; ++i) {
            values.set(i, float(b[row] * Curve::inverse(double(weights[i]) / a[row])));
        }
    }
};

}
