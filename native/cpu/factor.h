#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

// A scalar of the call times one that lies in memory, where null stands for 1.
BASIN_HD double folded(double scale, const float* factor) {
    return factor == nullptr ? scale : scale * double(*factor);
}

}
