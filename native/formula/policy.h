// Policies of follow-the-regularised-leader, a row of cumulative losses C each (Dai, Luo, Wei and Zimmert, arXiv 2301.12942).
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

// A scalar of the row as the entries are.
template <class T>
BASIN_HD T like(const T&, double value) { return T(float(value)); }

// With x_a = eta (C_a - min C) and F = sum_a 1 / (x_a + s), s solves F = 1. h(s) = 1 / F - 1 grows and is concave, so that Newton's
// s + F (F - 1) / G, G = sum_a 1 / (x_a + s)^2, rises to the root from the number of actions at the minimum.
struct LogBarrier {
    double eta;
    float* shifts;  // or null

    template <class Row>
    BASIN_PASS void operator()(const Row& row, int64_t index) const {
        constexpr int most_steps = 60;
        constexpr double close = 0x1p-22;  // 4 ulp of f32
        const double least = -row.largest_of([](const auto& x) { return -x[0]; });
        const double rate = eta;
        double s = row.sum_of([=](const auto& x) {
            return select(x[0] == like(x[0], least), like(x[0], 1.0), like(x[0], 0.0));
        });
        double rounded = s, total = 1.0;
        for (int step = 0; step < most_steps; ++step) {
            double squares;
            rounded = double(float(s));
            row.sums_of(total, squares, [=](const auto& x, auto& first, auto& second) {
                first = inverse(x[0], least, rate, rounded);
                second = first * first;
            });
            const double rise = total * (total - 1.0) / squares;
            s = rounded + rise;
            if (!(rise > close * rounded)) break;
        }
        const double root = rounded, share = 1.0 / total;
        if (shifts != nullptr && row.leads()) shifts[index] = float(s / eta - least);
        row.write([=](const auto& x, auto& y) { y[0] = inverse(x[0], least, rate, root) * like(x[0], share); });
    }

    template <class T>
    BASIN_HD static T inverse(const T& loss, double least, double rate, double s) {
        return like(loss, 1.0) / ((loss - like(loss, least)) * like(loss, rate) + like(loss, s));
    }
};

struct ExponentialWeights {
    double eta;

    template <class Row>
    BASIN_PASS void operator()(const Row& row, int64_t) const {
        const double least = -row.largest_of([](const auto& x) { return -x[0]; });
        const double rate = eta;
        const auto likelihood = [=](const auto& x) { return exp((like(x, least) - x) * like(x, rate)); };
        const double total = row.sum_of([=](const auto& x) { return likelihood(x[0]); });
        const double share = 1.0 / total;
        row.write([=](const auto& x, auto& y) { y[0] = likelihood(x[0]) * like(x[0], share); });
    }
};

// Entries policy, upstream, losses. Upstream and losses count from the first action's: what all share cancels, and that exactly.
struct PolicyBackward {
    double eta;
    int32_t power;
    double* grad_etas;

    template <class Row>
    BASIN_PASS void operator()(const Row& row, int64_t index) const {
        const double from = double(row.first(1)), loss = double(row.first(2));
        const bool squared = power == 2;
        double along, total;
        row.sums_of(along, total, [=](const auto& x, auto& first, auto& second) {
            second = weight(x[0], squared);
            first = second * (x[1] - like(x[1], from));
        });
        const double mean = along / total, rate = -eta;
        const auto pull = [=](const auto& x) {
            return like(x[0], rate) * weight(x[0], squared) * (x[1] - like(x[1], from) - like(x[1], mean));
        };
        const double by_eta = row.sum_of([=](const auto& x) { return (x[2] - like(x[2], loss)) * pull(x); });
        if (row.leads()) grad_etas[index] = by_eta / eta;
        row.write([=](const auto& x, auto& y) { y[0] = pull(x); });
    }

    template <class T>
    BASIN_HD static T weight(const T& p, bool squared) { return squared ? p * p : p; }
};

}
