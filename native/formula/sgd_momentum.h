// SGD with momentum, dampening, Nesterov's look-ahead and coupled weight decay, as PyTorch defines it.
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

struct SgdMomentum {
    float decay;       // weight decay, added to the gradient
    float keep, take;  // momentum, 1 - dampening
    float rate;
    bool first, nesterov;

    SgdMomentum(
        double learning_rate, double momentum, double dampening, bool look_ahead, double weight_decay, bool first_step)
        : decay(float(weight_decay)), keep(float(momentum)), take(first_step ? 1.0f : float(1.0 - dampening)),
          rate(float(learning_rate)), first(first_step), nesterov(look_ahead) {}

    // Whatever the buffer holds at the first step does not count.
    template <class T>
    BASIN_HD void operator()(T& w, T g, T& buffer) const {
        const T d = fma(T(decay), w, g);
        buffer = first ? d : fma(T(keep), buffer, T(take) * d);
        w = w - T(rate) * (nesterov ? fma(T(keep), buffer, d) : buffer);
    }

    // Without momentum there is no buffer.
    template <class T>
    BASIN_HD void operator()(T& w, T g) const {
        w = w - T(rate) * fma(T(decay), w, g);
    }
};

}
