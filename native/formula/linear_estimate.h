// Pieces of linear estimates: products of a row with a vector, negative parts, symmetric updates.
#pragma once

#include "formula/policy.h"

namespace basin::inline BASIN_ISA {

struct NegativeParts {
    double* sums;

    template <class Row>
    BASIN_PASS void operator()(const Row& row, int64_t index) const {
        const double sum = row.sum_of([](const auto& x) { return min(like(x[0], 0.0), x[0]); });
        if (row.leads()) sums[index] = sum;
    }
};

struct RowProduct {
    float* product;
    double scale;

    template <class Row>
    BASIN_PASS void operator()(const Row& row, int64_t index) const {
        const double sum = row.dot(0, 1);
        if (row.leads()) product[index] = float(scale * sum);
    }
};

struct RankOne {
    const float* left;
    double scale;

    template <class Row>
    BASIN_PASS void operator()(const Row& row, int64_t index) const {
        const double own = double(left[index]), by = scale;
        row.write([=](const auto& x, auto& y) { y[0] = x[0] + like(x[0], by) * (like(x[0], own) * x[1]); });
    }
};

}
