// Losses of overlap, F1-like: self-adjusting Dice (Li et al., arXiv 1911.02855) and Tversky. With p a probability, q = 1 - p, y the target:
//   Dice:     w = q^alpha p;  L = 1 - (2 w y + gamma) / (w + y + gamma), or with squares in the denominator
//   Tversky:  L = 1 - (p y + gamma) / (p y + a p (1 - y) + b q y + gamma)
// of one entry, or of sums over a batch. Nothing to divide by gives 0.
#pragma once

#include "formula/logistic.h"

namespace basin::inline BASIN_ISA {

struct OverlapSums {
    double shared, size;  // numerator and denominator without gamma
};

struct OverlapWeight {
    double weight;  // q^alpha p
    double slope;   // d weight / d logit of a sigmoid: p q^alpha (1 - (1 + alpha) p); p q without a weight
};

struct Overlap {
    bool tversky, squared;
    double alpha, gamma, false_positive, false_negative;

    // From q itself, which may be far below p's rounding; the derivative is finite for every logit.
    BASIN_HD OverlapWeight weigh(double p, double q) const {
        if (tversky || alpha == 0.0) return {p, p * q};
        const double power = alpha == 1.0 ? q : ::pow(q, alpha);
        return {power * p, p * power * (q - alpha * p)};
    }

    BASIN_HD OverlapSums sums(double w, double y) const {
        if (tversky) return {w * y, w * y + false_positive * w * (1.0 - y) + false_negative * (1.0 - w) * y};
        return {2.0 * w * y, squared ? w * w + y * y : w + y};
    }

    BASIN_HD double loss(const OverlapSums& of) const {
        const double size = of.size + gamma;
        return size == 0.0 ? 0.0 : 1.0 - (of.shared + gamma) / size;
    }

    // d L / d w of an entry, the sums being its own or a batch's.
    BASIN_HD double slope(const OverlapSums& of, double w, double y) const {
        const double size = of.size + gamma;
        if (size == 0.0) return 0.0;
        const double by_shared = tversky ? y : 2.0 * y;
        const double by_size = tversky ? y + false_positive * (1.0 - y) - false_negative * y : squared ? 2.0 * w : 1.0;
        return -(by_shared * size - (of.shared + gamma) * by_size) / (size * size);
    }
};

}
