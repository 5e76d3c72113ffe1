#pragma once

#include "formula/margin_loss.h"
#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

struct MarginCall {
    ReadScalars scores;
    const int32_t* labels;
    ReadScalars drawn;  // or null data
    WriteScalars losses, grad_scores, derivatives;
    MarginLoss loss;
    double grad_scale;

    BASIN_HD void operator()(int64_t i) const {
        const double sign = labels[i] > 0 ? 1.0 : -1.0;
        const MarginAnswer of = loss(sign * scores[i], drawn.data == nullptr ? 0.0 : drawn[i]);
        losses.set(i, of.loss);
        grad_scores.set(i, grad_scale * sign * of.derivative);
        derivatives.set(i, of.derivative);
    }
};

}
