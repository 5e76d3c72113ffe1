// Rows of several f32 tensors that lie beside each other: a formula passes over them for sums and maxima, then once for what it writes.
// It is written once for these rows and for the device's (cuda/rows_beside.h). A stride of 0 gives every row the same vector.
#pragma once

#include "norm_row.h"

namespace basin::inline BASIN_ISA {

template <int inputs, int outputs>
struct RowsCall {
    const void* in[inputs];
    int64_t in_stride[inputs];
    void* out[outputs];
    int64_t out_stride[outputs];
    int64_t row_begin, row_end, width;
};

template <int inputs, int outputs>
struct RowsBeside {
    const float* in[inputs];
    float* out[outputs];
    int64_t width;

    bool leads() const { return true; }
    float first(int input) const { return in[input][0]; }

    // sum f(entries), in f64.
    template <class F>
    double sum_of(F f) const {
        Double total{};
        for_entries([&](int64_t, auto span, const Float(&x)[inputs]) { total += inside(widen(f(x)), span); });
        return sum(total);
    }

    template <class F>
    void sums_of(double& first, double& second, F f) const {
        Double one{}, two{};
        for_entries([&](int64_t, auto span, const Float(&x)[inputs]) {
            Float a, b;
            f(x, a, b);
            one += inside(widen(a), span);
            two += inside(widen(b), span);
        });
        first = sum(one);
        second = sum(two);
    }

    // The largest f(entries) that is not NaN; -inf if there is none.
    template <class F>
    double largest_of(F f) const {
        Float top(-infinity);
        for_entries([&](int64_t, auto span, const Float(&x)[inputs]) { top = max(padded(f(x), span, Float(-infinity)), top); });
        return double(largest(top));
    }

    double dot(int a, int b) const {
        Double total{};
        for_entries([&](int64_t, auto, const Float(&x)[inputs]) { total += widen(x[a]) * widen(x[b]); });
        return sum(total);
    }

    template <class F>
    void write(F f) const {
        for_entries([&](int64_t i, auto span, const Float(&x)[inputs]) {
            Float y[outputs];
            f(x, y);
            for (int k = 0; k < outputs; ++k) store(out[k] + i, span, y[k]);
        });
    }

private:
    template <class Body>
    void for_entries(Body body) const {
        for_vectors(width, [&](int64_t i, auto span) {
            Float x[inputs];
            for (int k = 0; k < inputs; ++k) x[k] = load(in[k] + i, span, Float(0.0f));
            body(i, span, x);
        });
    }
};

template <int inputs, int outputs, class Formula>
void rows_beside(const RowsCall<inputs, outputs>& call, const Formula& formula) {
    for (int64_t index = call.row_begin; index < call.row_end; ++index) {
        RowsBeside<inputs, outputs> row;
        for (int k = 0; k < inputs; ++k) row.in[k] = static_cast<const float*>(call.in[k]) + index * call.in_stride[k];
        for (int k = 0; k < outputs; ++k) {
            row.out[k] = call.out[k] == nullptr ? nullptr : static_cast<float*>(call.out[k]) + index * call.out_stride[k];
        }
        row.width = call.width;
        formula(row, index);
    }
}

}
