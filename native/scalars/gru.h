#pragma once

#include "formula/gru.h"
#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

struct GruGatesCall {
    ReadScalars x_reset, x_update, h_reset, h_update, before;
    WriteScalars reset, update, reset_before;

    BASIN_HD void operator()(int64_t i) const {
        const double r = sigmoid(x_reset[i] + h_reset[i]);
        reset.set(i, r);
        update.set(i, sigmoid(x_update[i] + h_update[i]));
        reset_before.set(i, r * before[i]);
    }
};

struct GruStateCall {
    ReadScalars x_candidate, recurrent, reset, update, before;
    WriteScalars candidate, after;
    bool reset_after;

    BASIN_HD void operator()(int64_t i) const {
        const GruState of = GruState::of(x_candidate[i], recurrent[i], reset[i], update[i], before[i], reset_after);
        candidate.set(i, of.candidate);
        after.set(i, of.state);
    }
};

struct GruBackwardCall {
    ReadScalars grad_after, recurrent, reset, update, candidate, before;
    WriteScalars grad_candidate, grad_update, grad_reset, grad_recurrent, grad_before;
    bool reset_after;

    BASIN_HD void operator()(int64_t i) const {
        const GruGradient of = GruGradient::of(
            grad_after[i], recurrent[i], reset[i], update[i], candidate[i], before[i], reset_after);
        grad_candidate.set(i, of.candidate);
        grad_update.set(i, of.update);
        grad_reset.set(i, of.reset);
        grad_recurrent.set(i, of.recurrent);
        grad_before.set(i, of.before);
    }
};

// The way back through r h, where that is what was multiplied.
struct GruResetBackwardCall {
    ReadScalars grad_reset_before, reset, before;
    WriteScalars grad_reset, grad_before;

    BASIN_HD void operator()(int64_t i) const {
        const double upstream = grad_reset_before[i], r = reset[i];
        grad_reset.set(i, upstream * before[i] * r * (1.0 - r));
        grad_before.set(i, upstream * r);
    }
};

}
