// Exponential moving average, as average + (1 - decay) (weights - average): decay rounded to f32 would leave an average
// of constant weights beside them, by 1.5e-4 of their size for decay = 0.9998.
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

struct Ema {
    float take;  // 1 - decay
    bool copies;

    explicit Ema(double decay) : take(float(1.0 - decay)), copies(decay == 0.0) {}

    // The clamp keeps an infinite average what decay * average makes of it, instead of inf - inf.
    template <class T>
    BASIN_HD void operator()(T& average, T w) const {
        const T largest = T(3.40282347e38f);
        average = copies ? w : fma(T(take), w - min(max(average, -largest), largest), average);
    }
};

}
