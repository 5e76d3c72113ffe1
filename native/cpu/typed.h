// Elements one at a time, widened as they are read and rounded as they are written: for what goes by scalars.
#pragma once

#include "storage.h"

namespace basin::inline BASIN_ISA {

template <class S>
struct WidenedValues {
    const S* data;

    float operator[](int64_t i) const { return widen(data[i]); }
};

template <class S>
struct RoundedResults {
    S* data;

    void set(int64_t i, float x) const { store_one(data + i, x); }
};

}
