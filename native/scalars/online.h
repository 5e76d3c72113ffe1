// What online learners do with few numbers: the factors of a round of optimistic mirror descent (Chen, Tu, Zhao and Zhang,
// arXiv 2302.04552) and the exploration bonus (Dai, Luo, Wei and Zimmert, arXiv 2301.12942).
#pragma once

#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

inline constexpr int mirror_descent_sums_of_block = 7;
inline constexpr int mirror_descent_factors_of_learner = 5;

struct MirrorDescentFactors {
    const double* partials;
    const double* variation;
    double* factors;
    int64_t blocks;
    bool in_ball;
    double radius;
    bool adaptive;
    double diameter, floor;  // delta + 4 gradient_bound^2
    double given_eta, given_next_eta;

    BASIN_HD double shrink(double squared_norm) const {
        const double norm = ::sqrt(squared_norm < 0.0 ? 0.0 : squared_norm);
        return !in_ball || norm <= radius ? 1.0 : radius / norm;
    }

    // The norms come from the sums: f64 keeps more digits of f32 entries than their difference can lose where it is above a radius.
    BASIN_HD void operator()(int64_t learner) const {
        double sums[mirror_descent_sums_of_block] = {};
        for (int64_t block = learner * blocks; block < (learner + 1) * blocks; ++block) {
            for (int k = 0; k < mirror_descent_sums_of_block; ++k) sums[k] += partials[block * mirror_descent_sums_of_block + k];
        }
        const double before = variation[learner], after = before + sums[0];
        const double eta = adaptive ? diameter / ::sqrt(floor + before) : given_eta;
        const double next = adaptive ? diameter / ::sqrt(floor + after) : given_next_eta;
        const double moved = sums[1] - 2.0 * eta * sums[2] + eta * eta * sums[3];
        const double by = shrink(moved);
        const double hinted = by * by * moved - 2.0 * next * by * (sums[4] - eta * sums[5]) + next * next * sums[6];
        double* const to = factors + learner * mirror_descent_factors_of_learner;
        to[0] = eta;
        to[1] = by;
        to[2] = next;
        to[3] = shrink(hinted);
        to[4] = after;
    }
};

struct ExplorationBonus {
    ReadScalars features, products, policy;
    WriteScalars bonus;
    int64_t actions, width;
    double beta;

    BASIN_HD double squared_norm(int64_t action) const {
        double sum = 0.0;
        for (int64_t k = action * width; k < (action + 1) * width; ++k) sum += features[k] * products[k];
        return sum;
    }

    BASIN_HD void operator()(int64_t row) const {
        double expected = 0.0;
        for (int64_t a = row * actions; a < (row + 1) * actions; ++a) expected += policy[a] * squared_norm(a);
        for (int64_t a = row * actions; a < (row + 1) * actions; ++a) bonus.set(a, beta * (squared_norm(a) + expected));
    }
};

}
