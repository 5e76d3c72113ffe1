// The loops over a row of logits z and one of past logits q that their divergence needs (formula/divergence.h).
// Near each other the two rows differ by less than the rounding of a logit against its row's maximum: where that matters,
// q - z is formed before anything else, and exactly, as a sum of two floats.
#pragma once

#include "formula/divergence.h"
#include "row_passes.h"
#include "scalars/divergence.h"

namespace basin::inline BASIN_ISA {

template <class L, class P>
struct PastRow {
    const L* logits;
    const P* past;
    int64_t classes;
    double tau;
};

// The probabilities of a row at its temperature, times a factor.
struct Tempered {
    Float maximum, inverse, factor;

    Tempered(float top, double tau, double multiplier)
        : maximum(top), inverse(float(1.0 / tau)), factor(float(multiplier)) {}

    BASIN_HD Float operator()(Float x) const { return exp((x - maximum) * inverse) * factor; }
};

// (q - z - offset - further) / tau. Offset and q - z are sums of two floats exactly: the class that outweighs all others
// keeps every digit of how little it moved. NaN where q or z is infinite.
struct Moved {
    Float high, low, further, inverse;

    Moved(double offset, double beyond, double tau)
        : high(float(offset)), low(float(offset - double(float(offset)))), further(float(beyond)),
          inverse(float(1.0 / tau)) {}

    BASIN_HD Float operator()(Float z, Float q) const {
        const Float difference = q - z, part = difference - q;
        const Float rest = (q - (difference - part)) - (z + part);
        return (((difference - high) + (rest - low)) - further) * inverse;
    }
};

// So many classes add up in f32 before they do in f64.
inline constexpr int64_t pair_block = 16 * lanes;

// body(begin, n) for each block of [0, classes).
template <class Body>
BASIN_HD void for_blocks(int64_t classes, Body body) {
    for (int64_t begin = 0; begin < classes; begin += pair_block) {
        body(begin, classes - begin < pair_block ? classes - begin : pair_block);
    }
}

// Whether a class of the past is one that z rules out.
template <class L, class P>
bool is_impossible(const PastRow<L, P>& row) {
    const Float nothing(-infinity);
    Float most = nothing;
    for_vectors(row.classes, [&](int64_t i, auto span) {
        const Float z = load(row.logits + i, span, nothing), q = load(row.past + i, span, nothing);
        most = max(most, select(z == nothing, q, nothing));
    });
    return largest(most) > -infinity;
}

template <class L, class P>
void sum_pair(const PastRow<L, P>& row, Divergence& divergence) {
    const Float top(divergence.maximum), past_top(divergence.past_maximum), inverse(float(1.0 / row.tau));
    const Float nothing(-infinity), zero(0.0f);
    Double total{}, past_total{}, moved{};
    Float lowest = top;
    for_vectors(row.classes, [&](int64_t i, auto span) {
        const Float z = load(row.logits + i, span, nothing) - top, q = load(row.past + i, span, nothing) - past_top;
        const Float p = exp(q * inverse);
        total += widen(exp(z * inverse));
        past_total += widen(p);
        moved += widen(select(p > zero, p * (q - z), zero));
        lowest = min(lowest, load(row.logits + i, span, top));
    });
    const bool rules_out_past = smallest(lowest) == -infinity && is_impossible(row);
    divergence.set_sums(row.tau, sum(total), sum(past_total), sum(moved), rules_out_past);
}

template <class L, class P>
Excess excess_of(const PastRow<L, P>& row, const Divergence& divergence) {
    // r here is p e^-e, off the probability r by a factor.
    const Tempered before(divergence.past_maximum, row.tau, 1.0 / divergence.past_total);
    const Tempered now(divergence.maximum, row.tau, ::exp(divergence.mean / row.tau) / divergence.past_total);
    const Moved moved(divergence.offset(), divergence.mean, row.tau);
    const Float nothing(-infinity), zero(0.0f);
    Double total{}, mean{};
    for_blocks(row.classes, [&](int64_t begin, int64_t n) {
        const L* const logits = row.logits + begin;
        const P* const past = row.past + begin;
        Float some = zero, some_mean = zero;
        for_vectors(n, [&](int64_t i, auto span) {
            const Float z = load(logits + i, span, nothing), q = load(past + i, span, nothing);
            const Float e = moved(z, q), p = before(q);
            some = some + divergence_term(p, now(z), e);
            some_mean = some_mean + select(p > zero, p * e, zero);
        });
        total += widen(some);
        mean += widen(some_mean);
    });
    return {sum(total), sum(mean)};
}

// z_maximum: the largest of the row's logits.
template <class L, class P>
Divergence divergence_of(const PastRow<L, P>& row, float z_maximum) {
    Divergence divergence{};
    divergence.maximum = z_maximum;
    divergence.past_maximum = chunk_maximum(row.past, row.classes);
    sum_pair(row, divergence);
    divergence.refine(row.tau, [&] { return excess_of(row, divergence); });
    return divergence;
}

// r - p for rows in which neither rules out what the other allows, as the larger of the two times what the smaller lacks.
struct ShiftedProbability {
    Float top, past_top, inverse, factor, past_factor;
    Moved log_ratio;

    ShiftedProbability(const Divergence& of, double tau)
        : top(of.maximum), past_top(of.past_maximum), inverse(float(1.0 / tau)), factor(float(-1.0 / of.total)),
          past_factor(float(1.0 / of.past_total)), log_ratio(of.offset(), of.balance, tau) {}

    BASIN_HD Float operator()(Float z, Float q) const {
        const Float ratio = log_ratio(z, q);
        const Mask past_is_larger = ratio > Float(0.0f);
        const Float larger = exp(select(past_is_larger, q - past_top, z - top) * inverse) *
            select(past_is_larger, past_factor, factor);
        // What is not a number is a past of -inf: all of r is left.
        return larger * expm1_of_negative(-min(max(ratio, -ratio), Float(-lowest_exponent)));
    }
};

// r - p where z rules out a class of the past.
struct PlainDifference {
    Tempered now, before;

    PlainDifference(const Divergence& of, double tau)
        : now(of.maximum, tau, 1.0 / of.total), before(of.past_maximum, tau, 1.0 / of.past_total) {}

    BASIN_HD Float operator()(Float z, Float q) const { return now(z) - before(q); }
};

// gradient = factor e_k - uniform + pull (r_k - p_k); it may be the logits.
template <class L, class P, class G, class E, class Shifted>
void write_divergence_gradient(
    const PastRow<L, P>& row, const Shifted& shifted, const E& exponential, float factor, float uniform, float pull,
    G* gradient) {
    const Float by(factor), less(-uniform), pulled(pull);
    for_vectors(row.classes, [&](int64_t i, auto span) {
        const Float z = load(row.logits + i, span, Float(-infinity)), q = load(row.past + i, span, Float(-infinity));
        store(gradient + i, span, fma(by, exponential(z), fma(pulled, shifted(z, q), less)));
    });
}

}
