// The groups of Lion-K: neighbours with a norm of their own; the last may be shorter.
#pragma once

#include "formula/lion_k.h"
#include "squares.h"

namespace basin::inline BASIN_ISA {

struct LionGroups {
    double* norms;  // or null
    int64_t group_begin, group_end, elements, group_elements;

    // body(begin, end, slope) for each group, by the norm of the numbers that at(i, span) gives.
    template <class At, class Body>
    void visit(At at, Body body) const {
        for (int64_t group = group_begin; group < group_end; ++group) {
            const int64_t begin = group * group_elements;
            const int64_t n = elements - begin < group_elements ? elements - begin : group_elements;
            const double norm = ::sqrt(sum_of_squares_at(n, [&](int64_t i, auto span) { return widen(at(begin + i, span)); }));
            if (norms != nullptr) norms[group] = norm;
            body(begin, begin + n, ByNorm(norm));
        }
    }
};

}
