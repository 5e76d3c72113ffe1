#pragma once

#include "formula/dco.h"
#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

struct DcoCall {
    ReadScalars log_probabilities;
    WriteScalars losses, gradients, factors;
    Dco dco;
    double drop_below;

    BASIN_HD void operator()(int64_t i) const {
        const DcoAnswer of = dco(log_probabilities[i]);
        const double factor = of.factor < drop_below ? 0.0 : of.factor;
        losses.set(i, of.loss);
        gradients.set(i, -factor);
        factors.set(i, factor);
    }
};

}
