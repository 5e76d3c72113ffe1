// Skeleton 3, forwards: moments of a row, the formula's answer to them, the normalised row; before them, if asked for, the
// sum with a branch.
#pragma once

#include "formula/norm.h"
#include "norm_row.h"

namespace basin::inline BASIN_ISA {

struct NormForward {
    const void* x;
    int64_t x_stride;
    const void* branch;     // and residual_out: both or neither null
    int64_t branch_stride;
    void* residual_out;
    int64_t residual_out_stride;
    const void* gamma;      // each or null
    const void* beta;
    void* y;
    int64_t y_stride;
    float* kept;            // each or null
    float* rstd;
    int64_t row_begin, row_end, width;
    double epsilon;
};

// A large shift in f32 would cost the digits of small differences; a norm that is not centred has none.
template <bool centred, class X, class Y, class P>
void normalize_row(
    const X* x, double shift, float rstd, Columns<P> gamma, Columns<P> beta, int64_t n, Y* y) {
    const Shift from(shift);
    const Float scale(rstd);
    for_vectors(n, [&](int64_t i, auto span) {
        const Float entry = load(x + i, span, Float(0.0f));
        const Float normalized = (centred ? from.subtracted_from(entry) : entry) * scale;
        store(y + i, span, fma(normalized, gamma.get(i, span), beta.get(i, span)));
    });
}

template <class Formula, class X, class Y, class P>
void forward_row(const NormForward& call, int64_t row, const X* x) {
    const double width = double(call.width);
    const double sum = Formula::needs_sum ? sum_of(x, call.width) : 0.0;
    const double kept = Formula::kept(width, sum);
    const double shift = Formula::centred ? kept : 0.0;
    const RowMoments<double> moments{width, sum, squares_about(shift, x, call.width)};
    const float rstd = float(1.0 / ::sqrt(Formula::mean_square(moments) + call.epsilon));
    Y* const y = static_cast<Y*>(call.y) + row * call.y_stride;
    normalize_row<Formula::centred>(
        x, shift, rstd, Columns<P>{static_cast<const P*>(call.gamma), 1.0f},
        Columns<P>{static_cast<const P*>(call.beta), 0.0f}, call.width, y);
    if (call.kept != nullptr) call.kept[row] = float(kept);
    if (call.rstd != nullptr) call.rstd[row] = rstd;
}

template <class Formula, class X, class Y, class P>
void forward_rows(const NormForward& call) {
    for (int64_t row = call.row_begin; row < call.row_end; ++row) {
        const X* x = static_cast<const X*>(call.x) + row * call.x_stride;
        if (call.branch != nullptr && call.residual_out != nullptr) {
            X* const sum = static_cast<X*>(call.residual_out) + row * call.residual_out_stride;
            add_row(x, static_cast<const Y*>(call.branch) + row * call.branch_stride, call.width, sum);
            x = sum;
        }
        forward_row<Formula, X, Y, P>(call, row, x);
    }
}

template <class Formula>
void norm_forward(const NormForward& call, int32_t x_type, int32_t y_type, int32_t parameters_type) {
    with_storage(x_type, [&]<class X>(X) {
        with_storage(y_type, [&]<class Y>(Y) {
            with_storage(parameters_type, [&]<class P>(P) { forward_rows<Formula, X, Y, P>(call); });
        });
    });
}

}
