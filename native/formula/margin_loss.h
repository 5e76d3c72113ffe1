// Losses of a margin s = t f, t = 1 for a positive label and -1 for any other, and their derivatives by s:
//   logistic log(1 + e^-s);  hinge max(0, 1 - s);  exponential e^-s;  log-hinge 1 - s up to s = 1, -log s beyond
//   drawn (EnsLoss, Dai, arXiv 2409.00908): a derivative r in [-1, 0] is given, divided by s beyond s = 1, less a shift; the loss is
//   a number without meaning of its own, derivative times s
#pragma once

#include "formula/logistic.h"

namespace basin::inline BASIN_ISA {

inline constexpr int32_t margin_logistic = 0, margin_hinge = 1, margin_exponential = 2, margin_log_hinge = 3, margin_drawn = 4;

struct MarginAnswer {
    double loss, derivative;
};

struct MarginLoss {
    int32_t kind;
    double shift;

    BASIN_HD MarginAnswer operator()(double s, double drawn) const {
        const double nothing = s == s ? 0.0 : s;
        switch (kind) {
        case margin_hinge:
            return {s < 1.0 ? 1.0 - s : nothing, s < 1.0 ? -1.0 : nothing};
        case margin_exponential: {
            const double e = ::exp(-s);
            return {e, -e};
        }
        case margin_log_hinge:
            return s > 1.0 ? MarginAnswer{-::log(s), -1.0 / s} : MarginAnswer{1.0 - s, -1.0 + nothing};
        case margin_drawn: {
            const double derivative = (s > 1.0 ? drawn / s : drawn) - shift;
            return {derivative * s, derivative};
        }
        default:
            return {softplus(-s), -sigmoid(-s)};
        }
    }
};

}
