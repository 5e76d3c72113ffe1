// Adafactor (Shazeer and Stern, arXiv 1804.04235), with the update as fairseq and transformers have it: the decay and the
// momentum follow the scaled learning rate.
#pragma once

#include "formula/decay.h"

namespace basin::inline BASIN_ISA {

// Where there is nothing to factor, a vector, the second moment is kept as it is. Answers u before it is clipped.
struct AdafactorMoment {
    float keep, take;  // decay, 1 - decay
    float floor;       // epsilon1

    AdafactorMoment(double decay, double epsilon1)
        : keep(float(decay)), take(float(1.0 - decay)), floor(float(epsilon1)) {}

    template <class T>
    BASIN_HD T operator()(T g, T& moment) const {
        moment = fma(T(take), fma(g, g, T(floor)), T(keep) * moment);
        return g / sqrt(moment);
    }
};

struct AdafactorStep {
    float keep, take;  // beta1, 1 - beta1
    float rate;        // of u, which is clipped with it
    float shrink;      // learning rate times weight decay

    BASIN_HD AdafactorStep(double learning_rate, double beta1, double weight_decay, const double* rates)
        : keep(float(beta1)), take(float(1.0 - beta1)), rate(float(learning_rate * rates[0])),
          shrink(float(learning_rate * rates[1] * weight_decay)) {}

    template <class T>
    BASIN_HD void move(T& w, T u) const {
        w = decayed(w, T(shrink), T(rate) * u);
    }

    template <class T>
    BASIN_HD void move(T& w, T u, T& momentum) const {
        momentum = fma(T(take), T(rate) * u, T(keep) * momentum);
        w = decayed(w, T(shrink), momentum);
    }
};

// The gradient comes multiplied by its row's factor; that product stays within range, the factors' own may not.
struct AdafactorMatrixStep : AdafactorStep {
    template <class T, class... Momentum>
    BASIN_HD void operator()(T& w, T g, T column_factor, Momentum&... momentum) const {
        move(w, g * column_factor, momentum...);
    }
};

struct AdafactorVectorStep : AdafactorStep {
    template <class T, class... Momentum>
    BASIN_HD void operator()(T& w, T g, T moment, Momentum&... momentum) const {
        move(w, g / sqrt(moment), momentum...);
    }
};

}
