// A gated recurrent unit (Cho et al., arXiv 1406.1078, in the form of Agarap, arXiv 1709.03082), from sums that a matrix product made:
//   r = sigmoid(x_r + h_r),  u = sigmoid(x_u + h_u),  c = tanh(x_c + m),  h' = u h + (1 - u) c
// m is h_c, from r h (reset before the product, TensorFlow 1), or r h_c, from h (reset after, cuDNN and PyTorch).
#pragma once

#include "formula/logistic.h"

namespace basin::inline BASIN_ISA {

struct GruState {
    double candidate, state;

    static BASIN_HD GruState of(double x, double recurrent, double reset, double update, double before, bool reset_after) {
        const double candidate = ::tanh(x + (reset_after ? reset * recurrent : recurrent));
        return {candidate, update * before + (1.0 - update) * candidate};
    }
};

// Derivatives by the sums under the gates, by what was multiplied, and by the state before, as far as this cell alone says.
struct GruGradient {
    double candidate, update, reset, recurrent, before;

    static BASIN_HD GruGradient of(
        double upstream, double recurrent, double reset, double update, double candidate, double before, bool reset_after) {
        const double by_candidate = upstream * (1.0 - update) * (1.0 - candidate * candidate);
        const double by_update = upstream * (before - candidate) * update * (1.0 - update);
        const double by_reset = reset_after ? by_candidate * recurrent * reset * (1.0 - reset) : 0.0;
        return {by_candidate, by_update, by_reset, reset_after ? by_candidate * reset : by_candidate, upstream * update};
    }
};

}
