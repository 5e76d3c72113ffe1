// Skeleton 3, backwards: sums over a row of the gradient, the formula's coefficients, the gradient by the row; and by blocks
// of rows, whose length is the same for every shape, the sums that a second kernel adds up to the parameters' gradients.
#pragma once

#include "formula/norm.h"
#include "norm_row.h"

namespace basin::inline BASIN_ISA {

inline constexpr int64_t norm_row_block = 32;

// f32 sums go on in double after so many columns.
inline constexpr int64_t norm_sum_chunk = 1024;

struct NormBackward {
    const void* grad_y;
    int64_t grad_y_stride;
    const void* grad_residual_out;  // or null
    int64_t grad_residual_out_stride;
    const void* x;
    int64_t x_stride;
    const float* kept;              // null where the norm keeps nothing
    const float* rstd;
    const void* gamma;              // or null
    void* grad_x;
    int64_t grad_x_stride;
    float* gamma_partials;          // each or null
    float* beta_partials;
    int64_t block_begin, block_end, rows, width;
};

// The normalised row, from the mean as it was saved; what rounding that to f32 has changed is the mean of the result.
template <bool centred, class X>
struct NormalizedRow {
    const X* x;
    Float saved_shift, rstd;
    Float rest{0.0f};

    template <class Span>
    BASIN_HD Float get(int64_t i, Span span) const {
        const Float entry = load(x + i, span, Float(0.0f));
        return centred ? (entry - saved_shift) * rstd - rest : entry * rstd;
    }
};

// g = gamma dy
template <class Y, class P>
struct ScaledGradient {
    const Y* grad_y;
    Columns<P> gamma;

    template <class Span>
    BASIN_HD Float get(int64_t i, Span span) const {
        return load(grad_y + i, span, Float(0.0f)) * gamma.get(i, span);
    }
};

struct GradientRowSums {
    double gradient = 0.0, product = 0.0, normalized = 0.0;
};

template <bool centred, class X, class Y, class P>
GradientRowSums sum_gradient_row(const NormalizedRow<centred, X>& row, const ScaledGradient<Y, P>& scaled, int64_t n) {
    GradientRowSums sums;
    for (int64_t begin = 0; begin < n; begin += norm_sum_chunk) {
        Float gradient(0.0f), product(0.0f), normalized(0.0f);
        for_vectors(n - begin < norm_sum_chunk ? n - begin : norm_sum_chunk, [&](int64_t i, auto span) {
            const Float xh = row.get(begin + i, span);
            const Float g = scaled.get(begin + i, span);
            product = fma(g, xh, product);
            if constexpr (centred) {
                gradient = gradient + g;
                normalized = normalized + inside(xh, span);
            }
        });
        sums.product += double(sum(product));
        sums.gradient += double(sum(gradient));
        sums.normalized += double(sum(normalized));
    }
    return sums;
}

template <class Formula, class X, class Y, class P>
void backward_row(const NormBackward& call, int64_t row, float* gamma_partials, float* beta_partials) {
    const Y* const grad_y = static_cast<const Y*>(call.grad_y) + row * call.grad_y_stride;
    const X* const past = static_cast<const X*>(call.grad_residual_out);
    const Columns<X> grad_residual_out{past == nullptr ? past : past + row * call.grad_residual_out_stride, 0.0f};
    const ScaledGradient<Y, P> scaled{grad_y, Columns<P>{static_cast<const P*>(call.gamma), 1.0f}};
    const float kept = call.kept == nullptr ? 0.0f : call.kept[row];
    NormalizedRow<Formula::centred, X> normalized{
        static_cast<const X*>(call.x) + row * call.x_stride, Float(Formula::centred ? kept : 0.0f), Float(call.rstd[row])};

    const double width = double(call.width);
    const GradientRowSums sums = sum_gradient_row(normalized, scaled, call.width);
    const double rest = Formula::centred ? sums.normalized / width : 0.0;
    normalized.rest = Float(float(rest));
    const RowGradientCoefficients<double> of = Formula::gradient(
        RowGradientSums<double>{width, sums.gradient, sums.product - rest * sums.gradient}, double(kept),
        double(call.rstd[row]));

    const Float constant(float(of.constant)), slope(float(-of.slope));
    X* const grad_x = static_cast<X*>(call.grad_x) + row * call.grad_x_stride;
    for_vectors(call.width, [&](int64_t i, auto span) {
        const Float xh = normalized.get(i, span);
        const Float dy = load(grad_y + i, span, Float(0.0f));
        const Float projected = fma(slope, xh, scaled.get(i, span) - constant);
        if (gamma_partials != nullptr) {
            store(gamma_partials + i, span, fma(dy, xh, load(gamma_partials + i, span, Float(0.0f))));
        }
        if (beta_partials != nullptr) {
            store(beta_partials + i, span, dy + load(beta_partials + i, span, Float(0.0f)));
        }
        store(grad_x + i, span, fma(projected, normalized.rstd, grad_residual_out.get(i, span)));
    });
}

template <class Formula, class X, class Y, class P>
void backward_blocks(const NormBackward& call) {
    const auto of_block = [&](float* partials, int64_t block) {
        if (partials == nullptr) return partials;
        fill(partials + block * call.width, call.width, 0.0f);
        return partials + block * call.width;
    };
    for (int64_t block = call.block_begin; block < call.block_end; ++block) {
        float* const gamma_partials = of_block(call.gamma_partials, block);
        float* const beta_partials = of_block(call.beta_partials, block);
        const int64_t begin = block * norm_row_block;
        const int64_t end = call.rows - begin < norm_row_block ? call.rows : begin + norm_row_block;
        for (int64_t row = begin; row < end; ++row) {
            backward_row<Formula, X, Y, P>(call, row, gamma_partials, beta_partials);
        }
    }
}

template <class Formula>
void norm_backward(const NormBackward& call, int32_t x_type, int32_t y_type, int32_t parameters_type) {
    with_storage(x_type, [&]<class X>(X) {
        with_storage(y_type, [&]<class Y>(Y) {
            with_storage(parameters_type, [&]<class P>(P) { backward_blocks<Formula, X, Y, P>(call); });
        });
    });
}

}
