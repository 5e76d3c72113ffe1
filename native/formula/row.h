// What a loss over a row of logits is made of: the row driver measures the statistics, a formula answers with the
// coefficients, the driver writes the gradient. Logits are scaled already: z = logit_scale * logits.
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

// y is the pivot: the target or, where probabilities stand for targets, the largest logit. w_k is the row's weight tensor
// (class weights or target probabilities), 1 where there is none.
template <class T>
struct RowStatistics {
    T lse;           // log sum_k exp z_k
    T surprisal;     // -log p_y = lse - z_y, without cancellation for p_y near 1
    T probability;   // p_y
    T complement;    // 1 - p_y, from the sum of the others
    T pivot_weight;  // w_y
    T weight_sum;    // sum_k w_k, and the gaps, only if the formula needs_gaps()
    T weighted_gap;  // sum_k w_k (lse - z_k)
    T gap;           // sum_k (lse - z_k)
    T largest;       // p of the largest logit
};

// d loss / d z_k = softmax p_k - weighted w_k - uniform, and pivot for k = y.
template <class T>
struct RowCoefficients {
    T loss;
    T softmax;
    T weighted;
    T uniform;
    T pivot;
};

}
