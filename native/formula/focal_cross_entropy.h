// Focal loss (Lin et al., arXiv 1708.02002, section 3) in its softmax form, q = 1 - p_y, u = -log p_y, weight alpha_y:
//   loss = alpha_y q^gamma u
//   d loss / d z_k = alpha_y (q^gamma + gamma p_y q^gamma (u / q)) (p_k - [k = y]),   u / q -> 1 as q -> 0
#pragma once

#include "formula/row.h"

namespace basin::inline BASIN_ISA {

struct FocalCrossEntropy {
    double gamma;

    explicit FocalCrossEntropy(double focusing) : gamma(focusing) {}

    BASIN_HD bool needs_gaps() const { return false; }

    template <class T>
    BASIN_HD RowCoefficients<T> operator()(const RowStatistics<T>& row) const {
        const T q = row.complement;
        const T focus = row.pivot_weight * pow(q, T(gamma));
        const T ratio = q == T(0) ? T(1) : row.surprisal / q;
        // Where p_y is 0 its surprisal may be infinite, and their product is 0 in the limit.
        const T slope = row.probability == T(0) ? T(0) : T(gamma) * row.probability * ratio;
        const T coefficient = focus * (T(1) + slope);
        return {
            .loss = weighted(focus, row.surprisal),
            .softmax = coefficient,
            .weighted = T(0),
            .uniform = T(0),
            .pivot = -row.complement * coefficient,
        };
    }
};

}
