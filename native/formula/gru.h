// A gated recurrent unit (Cho et al., arXiv 1406.1078, in the form of Agarap, arXiv 1709.03082), from sums that a matrix product made:
//   r = sigmoid(x_r + h_r),  u = sigmoid(x_u + h_u),  c = tanh(x_c + m),  h' = u h + (1 - u) c
// m is h_c, from r h (reset before the product, TensorFlow 1), or r h_c, from h (reset after, cuDNN and PyTorch).
#pragma once

#include "formula/logistic.h"

namespace basin::inline BASIN_ISA {

struct GruGates {
    template <class T>
    BASIN_HD void operator()(
        T x_reset, T x_update, T h_reset, T h_update, T before, T& reset, T& update, T& reset_before) const {
        reset = sigmoid_of_sum(x_reset, h_reset);
        update = sigmoid_of_sum(x_update, h_update);
        reset_before = reset * before;
    }
};

struct GruState {
    bool reset_after;

    template <class T>
    BASIN_HD void operator()(T x, T recurrent, T reset, T update, T before, T& candidate, T& after) const {
        candidate = hyperbolic_tangent(reset_after ? fma(reset, recurrent, x) : x + recurrent);
        after = fma(update, before, (T(1.0f) - update) * candidate);
    }
};

// Derivatives by the sums under the gates, by what was multiplied, and by the state before, as far as this cell alone says.
// 1 - c^2 as (1 - c)(1 + c), which keeps its digits where c is close to 1.
struct GruStateBackward {
    bool reset_after;

    template <class T>
    BASIN_HD void operator()(
        T upstream, T recurrent, T reset, T update, T candidate, T before,
        T& by_candidate, T& by_update, T& by_reset, T& by_recurrent, T& by_before) const {
        const T one = T(1.0f), kept = one - update;
        by_candidate = upstream * kept * ((one - candidate) * (one + candidate));
        by_update = upstream * (before - candidate) * (update * kept);
        by_reset = reset_after ? by_candidate * recurrent * (reset * (one - reset)) : T(0.0f);
        by_recurrent = reset_after ? by_candidate * reset : by_candidate;
        by_before = upstream * update;
    }
};

// The way back through r h, where that is what was multiplied.
struct GruResetBackward {
    template <class T>
    BASIN_HD void operator()(T upstream, T reset, T before, T& by_reset, T& by_before) const {
        by_reset = upstream * before * (reset * (T(1.0f) - reset));
        by_before = upstream * reset;
    }
};

}
