// Cross-entropy against target probabilities q, label smoothing s, log-Z penalty l:
//   t = (1 - s) q + s (sum q) / C,   loss = sum_k t_k (lse - z_k) + l lse^2
//   d loss / d z_k = p_k (sum_j t_j + 2 l lse) - t_k
// The row's weights w are q, and sum t = sum q.
#pragma once

#include "formula/row.h"

namespace basin::inline BASIN_ISA {

struct SoftCrossEntropy {
    double kept;     // 1 - s
    double spread;   // s / C
    double penalty;  // l

    SoftCrossEntropy(double label_smoothing, double log_z_penalty, double classes)
        : kept(1.0 - label_smoothing), spread(label_smoothing / classes), penalty(log_z_penalty) {}

    BASIN_HD bool needs_gaps() const { return true; }

    template <class T>
    BASIN_HD RowCoefficients<T> operator()(const RowStatistics<T>& row) const {
        const T share = T(spread) * row.weight_sum;
        const T slope = T(2) * T(penalty) * row.lse;
        // As for a hard target: what the pivot itself is due, apart from the rest, so that 1 - p_y can stay exact.
        const T on_pivot = T(kept) * row.pivot_weight + share;
        const T off_pivot = row.weight_sum - on_pivot;
        return {
            .loss = weighted(T(kept), row.weighted_gap) + weighted(share, row.gap) + T(penalty) * row.lse * row.lse,
            .softmax = row.weight_sum + slope,
            .weighted = T(kept),
            .uniform = share,
            .pivot = row.probability * (off_pivot + slope) - row.complement * on_pivot,
        };
    }
};

}
