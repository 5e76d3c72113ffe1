// Comp-sum losses (Mao, Mohri and Zhong, arXiv 2304.07288, equation 4): with S = sum_k e^((h_k - h_y) / rho) = 1 / p_y,
// u = log S and z = h / rho,
//   loss = u for tau = 1, else expm1((1 - tau) u) / (1 - tau);   d loss / d z_k = p_y^(tau - 1) (p_k - [k = y])
#pragma once

#include "formula/row.h"

namespace basin::inline BASIN_ISA {

struct CompSum {
    double rise;  // 1 - tau

    explicit CompSum(double tau) : rise(1.0 - tau) {}

    BASIN_HD bool needs_gaps() const { return false; }

    // In the log domain, where p_y^(tau - 1) meets no 0 * inf. Only tau = 1 itself is special: near it expm1 does.
    template <class T>
    BASIN_HD RowCoefficients<T> operator()(const RowStatistics<T>& row) const {
        const T exponent = rise == 0.0 ? T(0) : T(rise) * row.surprisal;
        const T weight = exp(exponent);
        return {
            .loss = rise == 0.0 ? row.surprisal : expm1(exponent) / T(rise),
            .softmax = weight,
            .weighted = T(0),
            .uniform = T(0),
            .pivot = -row.complement * weight,
        };
    }
};

}
