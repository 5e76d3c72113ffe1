// The sum of squares, in f64, where no square of an f32 overflows.
#pragma once

#include "storage.h"

namespace basin::inline BASIN_ISA {

// Of what wide_at(i, span) gives for a vector of places.
template <class WideAt>
double sum_of_squares_at(int64_t n, WideAt wide_at) {
    Double total{};
    for_vectors(n, [&](int64_t i, auto span) {
        const Double wide = wide_at(i, span);
        total += wide * wide;
    });
    return sum(total);
}

template <class S>
double sum_of_squares(const S* x, int64_t n) {
    return sum_of_squares_at(n, [=](int64_t i, auto span) { return widen(load(x + i, span, Float(0.0f))); });
}

template <class S>
double sum_of_squared_differences(const S* one, const S* other, int64_t n) {
    return sum_of_squares_at(n, [=](int64_t i, auto span) {
        const Float zero(0.0f);
        return widen(load(one + i, span, zero)) - widen(load(other + i, span, zero));
    });
}

}
