#pragma once

#include "formula/spherical_loss.h"
#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

struct SphericalCall {
    ReadScalars target_logits, square_sums, sums;
    WriteScalars losses, grad_target_logits, grad_square_sums, grad_sums;
    SphericalLoss loss;

    BASIN_HD void operator()(int64_t i) const {
        const SphericalAnswer of = loss(target_logits[i], square_sums[i], sums[i]);
        losses.set(i, of.loss);
        grad_target_logits.set(i, of.target_logit);
        grad_square_sums.set(i, of.square_sum);
        grad_sums.set(i, of.sum);
    }
};

}
