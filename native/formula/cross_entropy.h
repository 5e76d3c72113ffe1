// Softmax cross-entropy with class weights c, label smoothing s and log-Z penalty l:
//   t = (1 - s) onehot(y) + s / C,   loss = sum_k c_k t_k (lse - z_k) + l lse^2
//   d loss / d z_k = p_k (sum_j c_j t_j + 2 l lse) - c_k t_k
// Smoothing with weights as in PyTorch's cross_entropy; penalty: PaLM, arXiv 2204.02311, section 5.
#pragma once

#include "formula/row.h"

namespace basin::inline BASIN_ISA {

struct CrossEntropy {
    double kept;     // 1 - s
    double spread;   // s / C
    double penalty;  // l

    CrossEntropy(double label_smoothing, double log_z_penalty, double classes)
        : kept(1.0 - label_smoothing), spread(label_smoothing / classes), penalty(log_z_penalty) {}

    BASIN_HD bool needs_gaps() const { return spread != 0.0; }

    template <class T>
    BASIN_HD RowCoefficients<T> operator()(const RowStatistics<T>& row) const {
        const T keep = T(kept) * row.pivot_weight;
        const T share = T(spread);
        const T slope = T(2) * T(penalty) * row.lse;
        // The target's entry p_y (sum_j c_j t_j + slope) - c_y t_y, with c_y t_y taken out of the sum: what is left
        // beside it is -(1 - p_y), which stays exact for p_y near 1.
        const T on_target = keep + share * row.pivot_weight;
        const T off_target = share * (row.weight_sum - row.pivot_weight);
        return {
            .loss = weighted(keep, row.surprisal) + weighted(share, row.weighted_gap) + T(penalty) * row.lse * row.lse,
            .softmax = on_target + off_target + slope,
            .weighted = share,
            .uniform = T(0),
            .pivot = row.probability * (off_target + slope) - row.complement * on_target,
        };
    }
};

}
