// Optimistic mirror descent (Chen, Tu, Zhao and Zhang, arXiv 2302.04552): its rounds and its projections.
#pragma once

#include "formula/policy.h"

namespace basin::inline BASIN_ISA {

inline constexpr int32_t domain_of_box = 1, domain_of_ball = 2, domain_of_simplex = 3;

// Entries log_weights, grad, hint; results log_next, policy.
struct OptimisticHedge {
    double eta, next_eta;

    template <class Row>
    BASIN_PASS void operator()(const Row& row, int64_t) const {
        const double by = -eta, next_by = -next_eta;
        const auto moved = [=](const auto& x) { return x[0] + like(x[0], by) * x[1]; };
        const double top = row.largest_of(moved);
        const double lse = top + ::log(row.sum_of([=](const auto& x) { return exp(moved(x) - like(x[0], top)); }));
        const auto hinted = [=](const auto& x) { return moved(x) - like(x[0], lse) + like(x[0], next_by) * x[2]; };
        const double next_top = row.largest_of(hinted);
        const auto likelihood = [=](const auto& x) { return exp(hinted(x) - like(x[0], next_top)); };
        const double share = 1.0 / row.sum_of(likelihood);
        row.write([=](const auto& x, auto& y) {
            y[0] = moved(x) - like(x[0], lse);
            y[1] = likelihood(x) * like(x[0], share);
        });
    }
};

struct ProjectRow {
    int32_t domain;
    double lowest, highest, radius;

    template <class Row>
    BASIN_PASS void operator()(const Row& row, int64_t) const {
        const double low = lowest, high = highest;
        if (domain == domain_of_simplex) {
            to_simplex(row);
        } else if (domain == domain_of_ball) {
            const double norm = ::sqrt(row.dot(0, 0));
            const double shrink = norm <= radius ? 1.0 : radius / norm;
            row.write([=](const auto& x, auto& y) { y[0] = x[0] * like(x[0], shrink); });
        } else if (domain == domain_of_box) {
            row.write([=](const auto& x, auto& y) { y[0] = clamped(x[0], like(x[0], low), like(x[0], high)); });
        } else {
            row.write([](const auto& x, auto& y) { y[0] = x[0]; });
        }
    }

    // max(x - theta, 0), theta the root of sum max(x - theta, 0) = 1 by Newton's method from below (Michelot): that function is
    // convex and made of straight pieces, so the step from within the root's piece is the last.
    template <class Row>
    BASIN_PASS static void to_simplex(const Row& row) {
        double theta = (row.sum_of([](const auto& x) { return x[0]; }) - 1.0) / double(row.width);
        double rise = 1.0;
        for (double count = 0.0, before = -1.0; rise > 0.0 && count != before;) {
            before = count;
            const Shift from(theta);
            double excess;
            row.sums_of(excess, count, [=](const auto& x, auto& first, auto& second) {
                const auto zero = like(x[0], 0.0), above = from.subtracted_from(x[0]);
                first = max(zero, above);
                second = select(above > zero, like(x[0], 1.0), zero);
            });
            if (!(count > 0.0)) break;
            rise = (excess - 1.0) / count;
            theta += rise;
        }
        const Shift from(theta);
        row.write([=](const auto& x, auto& y) { y[0] = max(like(x[0], 0.0), from.subtracted_from(x[0])); });
    }
};

struct Contraction {
    double step, shrink;

    template <class T>
    BASIN_HD T operator()(const T& from, const T& along) const { return like(from, shrink) * (from - like(from, step) * along); }
};

struct Bounds {
    bool given;
    double lowest, highest;

    template <class T>
    BASIN_HD T operator()(const T& x) const { return given ? clamped(x, like(x, lowest), like(x, highest)) : x; }
};

struct MirrorDescent {
    Contraction first, second;
    Bounds bounds;

    template <class T>
    BASIN_HD void operator()(const T& center, const T& grad, T& next_center) const { next_center = bounds(first(center, grad)); }

    template <class T>
    BASIN_HD void operator()(const T& center, const T& grad, T& next_center, T& point) const {
        next_center = bounds(first(center, grad));
        point = bounds(like(center, second.shrink) * next_center);
    }

    template <class T>
    BASIN_HD void operator()(const T& center, const T& grad, T& next_center, const T& hint, T& point) const {
        next_center = bounds(first(center, grad));
        point = bounds(second(next_center, hint));
    }
};

}
