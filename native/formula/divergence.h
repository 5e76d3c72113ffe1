// How far a row's logits z have moved from past ones q, at temperature tau, without cancellation:
//   p = softmax(q / tau), r = softmax(z / tau),  K = sum_k p_k (log p_k - log r_k)
// With e_k = (q_k - z_k) / tau less its mean under p,
//   log p_k - log r_k = e_k + K,   K = log sum_k p_k exp(-e_k) = log1p(sum_k p_k (exp(-e_k) - 1 + e_k)),
// since sum_k p_k e_k = 0. No term of the last sum is negative, and for z near q each is of the order of e_k^2.
// tau^2 K is the trajectory loss (Du et al., arXiv 2205.14083), tau (r_k - p_k) its gradient by z_k.
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

// exp(-x) - 1 + x for |x| <= 1: its Taylor series, cut where the rest is below 1e-8 of it.
template <class T>
BASIN_HD T excess(T x) {
    T series = fma(T(-2.50521084e-8f), x, T(2.75573192e-7f));
    series = fma(series, x, T(-2.75573192e-6f));
    series = fma(series, x, T(2.48015873e-5f));
    series = fma(series, x, T(-1.98412698e-4f));
    series = fma(series, x, T(1.38888889e-3f));
    series = fma(series, x, T(-8.33333333e-3f));
    series = fma(series, x, T(4.16666667e-2f));
    series = fma(series, x, T(-1.66666667e-1f));
    series = fma(series, x, T(0.5f));
    return series * x * x;
}

// p (exp(-e) - 1 + e), given r = p exp(-e).
template <class T>
BASIN_HD T divergence_term(T p, T r, T e) {
    const T moved = select(p == T(0.0f), T(0.0f), p * e);
    return select(max(e, -e) < T(1.0f), p * excess(e), (r - p) + moved);
}

// r - p, given log_ratio = log p - log r. What is not a number, as where p or r is 0, counts as a large ratio.
template <class T>
BASIN_HD T shifted_probability(T p, T r, T log_ratio) {
    return select(max(log_ratio, -log_ratio) < T(1.0f), p * (excess(log_ratio) - log_ratio), r - p);
}

}
