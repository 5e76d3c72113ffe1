// Passes over one row of activations, which stays in the cache between them. Sums that decide a row's scale are f64: no
// square of an f32 overflows there, and none is lost.
#pragma once

#include "storage.h"

namespace basin::inline BASIN_ISA {

// An entry for each column, or a constant where there are none.
template <class S>
struct Columns {
    const S* data;  // or null
    float absent;

    template <class Span>
    BASIN_HD Float get(int64_t i, Span span) const {
        return data == nullptr ? Float(absent) : load(data + i, span, Float(0.0f));
    }
};

// A shift in two floats: a difference of nearby numbers is exact, so x - high - low keeps the digits of x - shift.
struct Shift {
    Float high, low;

    explicit Shift(double shift) : Shift(float(shift), shift) {}
    BASIN_HD Float subtracted_from(Float x) const { return x - high - low; }

private:
    // What rounding left over; nothing is left of an infinity.
    Shift(float rounded, double shift)
        : high(rounded), low(rounded - rounded == 0.0f ? float(shift - double(rounded)) : 0.0f) {}
};

// x where there are entries, 0 in the padding beyond them: a bf16 tensor cannot be padded with just any f32.
template <class Vector>
BASIN_HD Vector inside(Vector x, All) { return x; }
template <class Vector>
BASIN_HD Vector inside(Vector x, First first) { return first_of(x, first.count); }

template <class S>
double sum_of(const S* x, int64_t n) {
    Double total{};
    for_vectors(n, [&](int64_t i, auto span) { total += widen(load(x + i, span, Float(0.0f))); });
    return sum(total);
}

template <class S>
double squares_about(double shift, const S* x, int64_t n) {
    const Double from(shift);
    Double total{};
    for_vectors(n, [&](int64_t i, auto span) {
        const Double centred = inside(widen(load(x + i, span, Float(0.0f))) - from, span);
        total += centred * centred;
    });
    return sum(total);
}

template <class X, class B>
void add_row(const X* x, const B* branch, int64_t n, X* sum) {
    for_vectors(n, [&](int64_t i, auto span) {
        store(sum + i, span, load(x + i, span, Float(0.0f)) + load(branch + i, span, Float(0.0f)));
    });
}

}
