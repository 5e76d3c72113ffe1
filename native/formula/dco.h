// Direct coverage optimisation (Chen et al., arXiv 2502.07154): the loss of finding the answer in one of n samples, p being the
// probability of one:
//   loss = -log(1 - (1 - p)^n);   d loss / d log p = -F,   F = n p (1 - p)^(n - 1) / (1 - (1 - p)^n)
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

struct DcoAnswer {
    double loss, factor;
};

struct Dco {
    double samples;

    // log(1 - e^x) for x below 0, by the form that keeps its digits.
    static BASIN_HD double log_of_complement(double x) {
        return x > -0.6931471805599453 ? ::log(-::expm1(x)) : ::log1p(-::exp(x));
    }

    BASIN_HD DcoAnswer operator()(double log_p) const {
        constexpr double rounding = 1e-6;
        if (!(log_p <= rounding)) return {NAN, NAN};
        if (samples == 1.0) return {log_p < 0.0 ? -log_p : 0.0, 1.0};
        if (log_p >= 0.0) return {0.0, 0.0};
        const double log_n = ::log(samples);
        // Where n p is small the direct form has no digits left, and underflows.
        constexpr double small = -18.0;
        if (log_p + log_n < small) {
            const double excess = (samples - 1.0) * ::exp(log_p) / 2.0;
            return {-(log_n + log_p) + excess, 1.0 - excess};
        }
        const double miss = log_of_complement(log_p);  // log(1 - p)
        const double all_miss = samples * miss;
        return {-log_of_complement(all_miss), ::exp(log_n + log_p + (samples - 1.0) * miss) / -::expm1(all_miss)};
    }
};

}
