// The passes over a row of logits z and one of past logits q that their divergence needs (formula/divergence.h). Differences
// q - z are formed before anything else, and in f64: near each other the two rows differ by less than the rounding of a logit
// against its row's maximum.
#pragma once

#include "formula/divergence.h"
#include "row_loss.h"
#include "scalars/divergence.h"
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

// The probability of an entry at its temperature, times a factor.
struct Tempered {
    float maximum, inverse, factor;

    __device__ Tempered(float top, double tau, double multiplier)
        : maximum(top), inverse(float(1.0 / tau)), factor(float(multiplier)) {}

    __device__ float operator()(float x) const { return ::expf((x - maximum) * inverse) * factor; }
};

template <class L>
__device__ void sum_pair(const BlockTeam& team, const PairOfRows<L>& pair, Divergence& divergence) {
    const Tempered now(divergence.maximum, pair.tau, 1.0), before(divergence.past_maximum, pair.tau, 1.0);
    const double offset = divergence.offset();
    double total = 0.0, past_total = 0.0, moved = 0.0;
    float impossible = 0.0f;
    pair.visit(team, [&](int64_t, float z, float q) {
        const float p = before(q);
        total += double(now(z));
        past_total += double(p);
        if (p != 0.0f) moved += double(p) * ((double(q) - double(z)) - offset);
        if (z == -infinity && q > -infinity) impossible = 1.0f;
    });
    const double now_total = team.combine(total, Add{}), before_total = team.combine(past_total, Add{});
    const double moved_total = team.combine(moved, Add{});
    divergence.set_sums(
        pair.tau, now_total, before_total, moved_total, team.combine(impossible, Larger{}) > 0.0f);
}

template <class L>
__device__ Excess excess_of(const BlockTeam& team, const PairOfRows<L>& pair, const Divergence& divergence) {
    const double offset = divergence.offset(), inverse = 1.0 / pair.tau;
    // r here is p e^-e, off the probability r by a factor.
    const Tempered before(divergence.past_maximum, pair.tau, 1.0 / divergence.past_total);
    const Tempered now(divergence.maximum, pair.tau, ::exp(divergence.mean * inverse) / divergence.past_total);
    double total = 0.0, mean = 0.0;
    pair.visit(team, [&](int64_t, float z, float q) {
        const double e = (((double(q) - double(z)) - offset) - divergence.mean) * inverse;
        const float p = before(q);
        total += double(divergence_term(p, now(z), float(e)));
        if (p != 0.0f) mean += double(p) * e;
    });
    const double all = team.combine(total, Add{});
    return {all, team.combine(mean, Add{})};
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
    divergence.refine(pair.tau, [&] { return excess_of(team, pair, divergence); });
    return divergence;
}

// gradient = factor e_k - uniform + pull (r_k - p_k), and at_target; it may be the logits.
template <class L>
__device__ void write_divergence_gradient(
    const RowCall& call, const BlockTeam& team, const PairOfRows<L>& pair, const Divergence& divergence, int64_t index,
    int64_t target, const RowGradient& of, float uniform, float pull, float at_target, float maximum) {
    const Tempered now(divergence.maximum, pair.tau, 1.0 / divergence.total);
    const Tempered before(divergence.past_maximum, pair.tau, 1.0 / divergence.past_total);
    const double offset = divergence.offset(), inverse = 1.0 / pair.tau;
    for (int64_t first = int64_t(team.rank()) * elements_of_thread; first < pair.classes;
         first += int64_t(team.size()) * elements_of_thread) {
        Elements z, q;
        load_group(pair.logits, first, pair.classes, -infinity, z);
        pair.past.get(first, pair.classes, q);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) {
            const float log_ratio =
                float((((double(q[i]) - double(z[i])) - offset) - divergence.balance) * inverse);
            const float shifted = shifted_probability(before(q[i]), now(z[i]), log_ratio);
            const float e = ::expf((z[i] - maximum) * float(call.logit_scale));
            const float entry = ::fmaf(e * of.amplifier, of.factor, ::fmaf(pull, shifted, -uniform));
            z[i] = first + i == target ? at_target : entry;
        }
        store_gradient(call, index, first, z);
    }
}

}
