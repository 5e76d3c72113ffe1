// The passes over a row of logits z and one of past logits q that their divergence needs (formula/divergence.h). Differences
// q - z are formed before anything else, and in f64: near each other the two rows differ by less than the rounding of a logit
// against its row's maximum.
#pragma once

#include "formula/divergence.h"
#include "row_loss.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

template <class L>
struct PairOfRows {
    const L* logits;
    TypedRow past;
    int64_t classes;
    double tau;

    // body(class, z, q) for this thread's classes.
    template <class Body>
    __device__ void visit(const BlockTeam& team, Body body) const {
        for (int64_t first = int64_t(team.rank()) * elements_of_thread; first < classes;
             first += int64_t(team.size()) * elements_of_thread) {
            Elements z, q;
            load_group(logits, first, classes, -infinity, z);
            past.get(first, classes, q);
#pragma unroll
            for (int i = 0; i < elements_of_thread; ++i) {
                if (first + i < classes) body(first + i, z[i], q[i]);
            }
        }
    }
};

struct Divergence {
    float maximum, past_maximum;
    double total, past_total;  // sums of e^((z - maximum) / tau) and e^((q - past_maximum) / tau)
    double shift;              // the mean of q - z under p
    double value;              // K

    __device__ bool is_number() const {
        return past_maximum > -infinity && past_maximum < infinity && past_total == past_total;
    }
};

// The probability of an entry at its temperature, times a factor.
struct Tempered {
    float maximum, inverse, factor;

    __device__ Tempered(float top, double tau, double multiplier)
        : maximum(top), inverse(float(1.0 / tau)), factor(float(multiplier)) {}

    __device__ float operator()(float x) const { return ::expf((x - maximum) * inverse) * factor; }
};

// A K below 1 comes out of a cancellation here, and is left to `refine`.
template <class L>
__device__ void sum_pair(const BlockTeam& team, const PairOfRows<L>& pair, Divergence& divergence) {
    const Tempered now(divergence.maximum, pair.tau, 1.0), before(divergence.past_maximum, pair.tau, 1.0);
    const double offset = double(divergence.past_maximum) - double(divergence.maximum);
    double total = 0.0, past_total = 0.0, moved = 0.0;
    float impossible = 0.0f;
    pair.visit(team, [&](int64_t, float z, float q) {
        const float p = before(q);
        total += double(now(z));
        past_total += double(p);
        if (p != 0.0f) moved += double(p) * ((double(q) - double(z)) - offset);
        if (z == -infinity && q > -infinity) impossible = 1.0f;
    });
    divergence.total = team.combine(total, Add{});
    divergence.past_total = team.combine(past_total, Add{});
    const double mean = team.combine(moved, Add{}) / divergence.past_total;
    divergence.shift = offset + mean;
    divergence.value = team.combine(impossible, Larger{}) > 0.0f
        ? double(infinity)
        : mean / pair.tau - ::log(divergence.past_total) + ::log(divergence.total);
}

template <class L>
__device__ void refine(const BlockTeam& team, const PairOfRows<L>& pair, Divergence& divergence) {
    const double offset = double(divergence.past_maximum) - double(divergence.maximum), inverse = 1.0 / pair.tau;
    // r here is p e^-e, off the probability r by the factor e^K.
    const Tempered before(divergence.past_maximum, pair.tau, 1.0 / divergence.past_total);
    const Tempered now(
        divergence.maximum, pair.tau, ::exp((divergence.shift - offset) * inverse) / divergence.past_total);
    double total = 0.0;
    pair.visit(team, [&](int64_t, float z, float q) {
        const float e = float(((double(q) - double(z)) - divergence.shift) * inverse);
        total += double(divergence_term(before(q), now(z), e));
    });
    divergence.value = ::log1p(team.combine(total, Add{}));
}

template <class L>
__device__ Divergence divergence_of(const BlockTeam& team, const PairOfRows<L>& pair) {
    Divergence divergence{};
    float maximum = -infinity, past_maximum = -infinity;
    pair.visit(team, [&](int64_t, float z, float q) {
        maximum = z > maximum ? z : maximum;
        past_maximum = q > past_maximum ? q : past_maximum;
    });
    divergence.maximum = team.combine(maximum, Larger{});
    divergence.past_maximum = team.combine(past_maximum, Larger{});
    sum_pair(team, pair, divergence);
    if (divergence.is_number() && divergence.value < 1.0) refine(team, pair, divergence);
    return divergence;
}

// r_k - p_k for one class, in f64.
__device__ inline double shifted_probability_of(const Divergence& of, double tau, float z, float q) {
    const double r = ::exp((double(z) - double(of.maximum)) / tau) / of.total;
    const double p = ::exp((double(q) - double(of.past_maximum)) / tau) / of.past_total;
    const double log_ratio = (double(q) - double(z) - of.shift) / tau + of.value;
    return log_ratio > -1.0 && log_ratio < 1.0 ? p * ::expm1(-log_ratio) : r - p;
}

// gradient = factor e_k - uniform + pull (r_k - p_k), and at_target; it may be the logits.
template <class L>
__device__ void write_divergence_gradient(
    const RowCall& call, const BlockTeam& team, const PairOfRows<L>& pair, const Divergence& divergence, int64_t index,
    int64_t target, const RowGradient& of, float uniform, float pull, float at_target, float maximum) {
    const Tempered now(divergence.maximum, pair.tau, 1.0 / divergence.total);
    const Tempered before(divergence.past_maximum, pair.tau, 1.0 / divergence.past_total);
    const double inverse = 1.0 / pair.tau;
    for (int64_t first = int64_t(team.rank()) * elements_of_thread; first < pair.classes;
         first += int64_t(team.size()) * elements_of_thread) {
        Elements z, q;
        load_group(pair.logits, first, pair.classes, -infinity, z);
        pair.past.get(first, pair.classes, q);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) {
            const float log_ratio =
                float(((double(q[i]) - double(z[i])) - divergence.shift) * inverse + divergence.value);
            const float shifted = shifted_probability(before(q[i]), now(z[i]), log_ratio);
            const float e = ::expf((z[i] - maximum) * float(call.logit_scale));
            const float entry = ::fmaf(e * of.amplifier, of.factor, ::fmaf(pull, shifted, -uniform));
            z[i] = first + i == target ? at_target : entry;
        }
        store_gradient(call, index, first, z);
    }
}

}
