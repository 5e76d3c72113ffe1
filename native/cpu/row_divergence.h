// The loops over a row of logits z and one of past logits q that their divergence needs (formula/divergence.h).
// Differences q - z are formed before anything else, and in f64: near each other the two rows differ by less than the
// rounding of a logit against its row's maximum.
#pragma once

#include "formula/divergence.h"
#include "row_passes.h"

namespace basin::inline BASIN_ISA {

template <class L, class P>
struct PastRow {
    const L* logits;
    const P* past;
    int64_t classes;
    double tau;
};

struct Divergence {
    float maximum, past_maximum;
    double total, past_total;  // sums of e^((z - maximum) / tau) and e^((q - past_maximum) / tau)
    double shift;              // the mean of q - z under p
    double value;              // K

    bool is_number() const {
        return past_maximum > -infinity && past_maximum < infinity && past_total == past_total;
    }
};

// The probabilities of a row at its temperature, times a factor.
struct Tempered {
    Float maximum, inverse, factor;

    Tempered(float top, double tau, double multiplier)
        : maximum(top), inverse(float(1.0 / tau)), factor(float(multiplier)) {}

    BASIN_HD Float operator()(Float x) const { return exp((x - maximum) * inverse) * factor; }
};

// Fills in what the sums over both rows tell. A K below 1 comes out of a cancellation here, and is left to `refine`.
template <class L, class P>
void sum_pair(const PastRow<L, P>& row, Divergence& divergence) {
    const Tempered now(divergence.maximum, row.tau, 1.0), before(divergence.past_maximum, row.tau, 1.0);
    const double offset = double(divergence.past_maximum) - double(divergence.maximum);
    const Float nothing(-infinity), zero(0.0f), one(1.0f);
    Double total{}, past_total{}, moved{};
    Float impossible = zero;
    for_vectors(row.classes, [&](int64_t i, auto span) {
        const Float z = load(row.logits + i, span, nothing), q = load(row.past + i, span, nothing);
        const Float r = now(z), p = before(q);
        const Mask absent = p == zero;
        total += widen(r);
        past_total += widen(p);
        moved += widen(p) * ((widen(select(absent, zero, q)) - widen(select(absent, zero, z))) - offset);
        impossible = max(impossible, select(z == nothing, select(q > nothing, one, zero), zero));
    });
    divergence.total = sum(total);
    divergence.past_total = sum(past_total);
    const double mean = sum(moved) / divergence.past_total;
    divergence.shift = offset + mean;
    divergence.value = largest(impossible) > 0.0f
        ? double(infinity)
        : mean / row.tau - ::log(divergence.past_total) + ::log(divergence.total);
}

template <class L, class P>
void refine(const PastRow<L, P>& row, Divergence& divergence) {
    const double offset = double(divergence.past_maximum) - double(divergence.maximum);
    // r here is p e^-e, off the probability r by the factor e^K.
    const Tempered before(divergence.past_maximum, row.tau, 1.0 / divergence.past_total);
    const Tempered now(
        divergence.maximum, row.tau, ::exp((divergence.shift - offset) / row.tau) / divergence.past_total);
    const double inverse = 1.0 / row.tau;
    const Float nothing(-infinity);
    Double total{};
    for_vectors(row.classes, [&](int64_t i, auto span) {
        const Float z = load(row.logits + i, span, nothing), q = load(row.past + i, span, nothing);
        const Float e = narrow(((widen(q) - widen(z)) - divergence.shift) * inverse);
        total += widen(divergence_term(before(q), now(z), e));
    });
    divergence.value = ::log1p(sum(total));
}

template <class L, class P>
Divergence divergence_of(const PastRow<L, P>& row) {
    Divergence divergence{};
    divergence.maximum = chunk_maximum(row.logits, row.classes);
    divergence.past_maximum = chunk_maximum(row.past, row.classes);
    sum_pair(row, divergence);
    if (divergence.is_number() && divergence.value < 1.0) refine(row, divergence);
    return divergence;
}

// r_k - p_k for one class, in f64.
inline double shifted_probability_of(const Divergence& of, double tau, float z, float q) {
    const double r = ::exp((double(z) - double(of.maximum)) / tau) / of.total;
    const double p = ::exp((double(q) - double(of.past_maximum)) / tau) / of.past_total;
    const double log_ratio = (double(q) - double(z) - of.shift) / tau + of.value;
    return log_ratio > -1.0 && log_ratio < 1.0 ? p * ::expm1(-log_ratio) : r - p;
}

// gradient = factor e_k - uniform + pull (r_k - p_k); it may be the logits.
template <class L, class P, class G, class E>
void write_divergence_gradient(
    const PastRow<L, P>& row, const Divergence& divergence, const E& exponential, float factor, float uniform,
    float pull, G* gradient) {
    const Tempered now(divergence.maximum, row.tau, 1.0 / divergence.total);
    const Tempered before(divergence.past_maximum, row.tau, 1.0 / divergence.past_total);
    const double inverse = 1.0 / row.tau, value = divergence.value;
    const Float by(factor), less(-uniform), pulled(pull);
    for_vectors(row.classes, [&](int64_t i, auto span) {
        const Float z = load(row.logits + i, span, Float(-infinity)), q = load(row.past + i, span, Float(-infinity));
        const Float log_ratio = narrow(((widen(q) - widen(z)) - divergence.shift) * inverse + value);
        const Float shifted = shifted_probability(before(q), now(z), log_ratio);
        store(gradient + i, span, fma(by, exponential(z), fma(pulled, shifted, less)));
    });
}

}
