#pragma once

#include "formula/box_cox.h"
#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

struct BoxCoxCall {
    ReadScalars z;
    WriteScalars values;
    BoxCoxInverse inverse;

    BASIN_HD void operator()(int64_t i) const { values.set(i, inverse(z[i])); }
};

}
