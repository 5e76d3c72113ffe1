// The last line of an optimizer: w (1 - shrink) - move, decoupled weight decay with shrink = learning_rate weight_decay.
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

// As w - (shrink w + move): a factor 1 - 1e-6 rounded to f32 would be wrong by up to 3% of the decay, step after step.
// The clamp keeps an infinite weight what w (1 - shrink) makes of it, instead of inf - inf.
template <class T>
BASIN_HD T decayed(T w, T shrink, T move) {
    const T largest = T(3.40282347e38f);
    return w - fma(shrink, min(max(w, -largest), largest), move);
}

}
