// The nearest of some centres to a row, in f64. A row is anything whose operator[] gives its entries.
#pragma once

#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

// In eight partial sums, as the C ABI says: the CPU's vectors then add up what the device adds up one by one.
template <class Row>
BASIN_HD double squared_distance(const Row& x, const double* centre, int64_t width) {
    constexpr int parts = 8;
    double partial[parts] = {};
    int64_t i = 0;
    for (; i + parts <= width; i += parts) {
        for (int part = 0; part < parts; ++part) {
            const double apart = double(x[i + part]) - centre[i + part];
            partial[part] += apart * apart;
        }
    }
    for (int part = 0; i + part < width; ++part) {
        const double apart = double(x[i + part]) - centre[i + part];
        partial[part] += apart * apart;
    }
    double total = 0.0;
    for (int part = 0; part < parts; ++part) total += partial[part];
    return total;
}

// Which centres the products of a row leave to be measured; all where there are none. A score that is NaN leaves its centre.
struct Candidates {
    const float* products;  // of the row, or null
    const float* squares;
    float limit;

    BASIN_HD float score(int64_t j) const { return squares[j] - 2.0f * products[j]; }
    BASIN_HD bool has(int64_t j) const { return products == nullptr || !(score(j) > limit); }
};

struct Nearest {
    int64_t index;
    double distance;
};

template <class Row>
BASIN_HD Nearest nearest(const Row& x, const double* centres, int64_t width, int64_t clusters, const Candidates& candidates) {
    Nearest best{-1, 0.0};
    for (int64_t j = 0; j < clusters; ++j) {
        if (!candidates.has(j)) continue;
        const double distance = squared_distance(x, centres + j * width, width);
        if (best.index < 0 || distance < best.distance) best = {j, distance};
    }
    return best;
}

}
