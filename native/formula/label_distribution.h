// Label-distributionally robust losses (Zhu, Ying and Yang, arXiv 2112.14869). With scores f' that may be normalised,
// delta_k = f'_k - f'_y + margin [k != y] and K classes:
//   LDR-KL:  loss = lambda log((1/K) sum_k e^(delta_k / lambda));  d loss / d f'_k = P_k - [k = y],  P = softmax(delta / lambda)
//            lambda = 0: max_k delta_k;  lambda = infinity: mean_k delta_k
//   ALDR-KL: lambda of a row follows its own distribution p = softmax(f' / lambda_old), smoothed by a floor:
//            lambda = lambda0 - lambda0 KL(p, uniform) / (alpha log K), a constant for the gradient;
//            loss = LDR-KL - alpha log K / (2 lambda0) (lambda - lambda0)^2
// Normalised: u = f or softplus(f), f' = K u / |u|_1, and with g = d loss / d f', d loss / d u_k = (K / |u|_1) (g_k - sign(u_k) <g, u> / |u|_1).
#pragma once

#include "formula/logistic.h"

namespace basin::inline BASIN_ISA {

inline constexpr int32_t not_normalized = 0, normalized_by_l1 = 1, normalized_by_softplus_l1 = 2;

// What scores are multiplied by, K / |u|_1, and |u|_1; both 1 without normalisation, 0 where all scores are 0.
struct ScoreScale {
    double by, total;
};

struct ScoreNorm {
    int32_t kind;

    // log(1 + e) for e in [0, 1] as 2 artanh(e / (2 + e)): no digits are lost for small e.
    template <class T>
    static BASIN_PASS T log_of_one_plus_small(T e) {
        const T s = e / (constant<T>(2.0) + e), q = s * s;
        T p = fma(q, constant<T>(1.0 / 13), constant<T>(1.0 / 11));
        p = fma(p, q, constant<T>(1.0 / 9));
        p = fma(p, q, constant<T>(1.0 / 7));
        p = fma(p, q, constant<T>(1.0 / 5));
        p = fma(p, q, constant<T>(1.0 / 3));
        return constant<T>(2.0) * fma(p * q, s, s);
    }

    template <class T>
    BASIN_PASS T score(T f) const {
        if (kind != normalized_by_softplus_l1) return f;
        const T zero = constant<T>(0.0);
        const T above = select(f > zero, f, select(f == f, zero, f));
        return above + log_of_one_plus_small(exp(select(f > zero, -f, f)));
    }

    template <class T>
    BASIN_PASS T size(T u) const {
        return select(u < constant<T>(0.0), -u, u);
    }

    // d u / d f
    template <class T>
    BASIN_PASS T slope(T f) const {
        if (kind != normalized_by_softplus_l1) return constant<T>(1.0);
        const T zero = constant<T>(0.0), one = constant<T>(1.0);
        const T e = exp(select(f > zero, -f, f));
        return select(f > zero, one, e) / (one + e);
    }

    template <class T>
    BASIN_PASS T sign(T u) const {
        const T zero = constant<T>(0.0), one = constant<T>(1.0);
        return select(u > zero, one, select(u < zero, -one, zero));
    }

    template <class Row>
    BASIN_PASS ScoreScale scale(const Row& row) const {
        if (kind == not_normalized) return {1.0, 1.0};
        const ScoreNorm norm = *this;
        const double total = row.sum_but(-1, [=](auto f) { return norm.size(norm.score(f)); });
        return {total == 0.0 ? 0.0 : double(row.width) / total, total};
    }
};

struct LabelDistribution {
    double margin;
    ScoreNorm norm;

    BASIN_PASS double score_at(double f) const {
        return norm.kind == normalized_by_softplus_l1 ? softplus(f) : f;
    }

    template <class Row>
    BASIN_PASS double loss(const Row& row, int64_t target, double factor, double lambda, const ScoreScale& scores) const {
        const double classes = double(row.width);
        const double f_y = double(row.at(target));
        if (row.width == 1) {
            const double nothing = f_y - f_y;
            if (row.wants_gradient()) row.write(target, nothing, -1, 0.0, [](auto f) { return f; });
            return nothing;
        }
        const double total = scores.total;
        // An infinite target has no differences to the others: all of its row is NaN.
        const double spoilt = norm.kind == not_normalized ? f_y - f_y : 0.0;
        const double scale = scores.by + spoilt;
        const BestEntry best = row.best_but(target);
        const double u_y = score_at(f_y), u_best = score_at(double(best.value));
        if (scale == 0.0) return without_scores(row, target, lambda, total);
        if (lambda == 0.0) return hinge(row, target, factor, best, scale, total, f_y, u_y, u_best);

        const bool flat = !(lambda < HUGE_VAL);
        const double rate = flat ? 0.0 : scale / lambda;
        const double above = flat ? 0.0 : rate * (u_best - u_y) + margin / lambda;  // of the best, beside the target's 0
        const double top = above > 0.0 ? above : above == above ? 0.0 : above;
        const double base = above - top;
        const ScoreNorm by = norm;
        double others, gap;
        row.sums_but(target, others, gap, [=](auto f, auto& e, auto& e_gap) {
            using T = decltype(f);
            const T below = by.score(f) - constant<T>(u_best);
            e = flat ? constant<T>(1.0) + constant<T>(0.0) * below : exp(fma(constant<T>(rate), below, constant<T>(base)));
            e_gap = e * below;
        });
        const double sum = others + ::exp(-top);
        const double moment = norm.kind == not_normalized && !flat ? 0.0 : (gap + others * (u_best - u_y)) / sum;  // <g, u>
        if (row.wants_gradient()) {
            const double along = factor * scale / sum;
            const double pull = norm.kind == not_normalized ? 0.0 : factor * scale * moment / total;
            const double own_slope = norm.kind == normalized_by_softplus_l1 ? sigmoid(f_y) : 1.0;
            const double own_sign = u_y > 0.0 ? 1.0 : u_y < 0.0 ? -1.0 : 0.0;
            row.write(target, (-along * others - own_sign * pull) * own_slope, -1, 0.0, [=](auto f) {
                using T = decltype(f);
                const T u = by.score(f);
                const T e = flat ? constant<T>(1.0) : exp(fma(constant<T>(rate), u - constant<T>(u_best), constant<T>(base)));
                return (constant<T>(along) * e - by.sign(u) * constant<T>(pull)) * by.slope(f);
            });
        }
        if (flat) return scale * moment + margin * (classes - 1.0) / classes;
        return lambda * (top + ::log(sum / classes));
    }

private:
    // Every score is 0: the loss is that of equal scores, and nothing pulls.
    template <class Row>
    BASIN_PASS double without_scores(const Row& row, int64_t target, double lambda, double total) const {
        const double classes = double(row.width), nothing = total - total;
        if (row.wants_gradient()) row.write(target, nothing, -1, 0.0, [=](auto f) { return constant<decltype(f)>(nothing); });
        if (lambda == 0.0) return margin + nothing;
        if (!(lambda < HUGE_VAL)) return margin * (classes - 1.0) / classes + nothing;
        const double top = margin / lambda;
        return lambda * (top + ::log(((classes - 1.0) + ::exp(-top)) / classes)) + nothing;
    }

    // lambda = 0: the largest delta, the lowest index among equals.
    template <class Row>
    BASIN_PASS double hinge(
        const Row& row, int64_t target, double factor, const BestEntry& best, double scale, double total, double f_y,
        double u_y, double u_best) const {
        const double spoilt = row.sum_but(-1, [](auto f) {
            using T = decltype(f);
            return select(f < constant<T>(HUGE_VAL), constant<T>(0.0), constant<T>(NAN));
        });
        const double delta = scale * (u_best - u_y) + margin + spoilt;
        const bool wins = delta > 0.0 || (delta == 0.0 && best.index < target) || delta != delta;
        if (row.wants_gradient()) {
            const ScoreNorm by = norm;
            const double step = wins ? factor * scale + (delta - delta) : 0.0;
            const double pull = norm.kind == not_normalized ? 0.0 : step * (u_best - u_y) / total;
            const auto entry = [=](double f, double own) {
                const double u = by.kind == normalized_by_softplus_l1 ? softplus(f) : f;
                const double sign = u > 0.0 ? 1.0 : u < 0.0 ? -1.0 : 0.0;
                return (own - sign * pull) * (by.kind == normalized_by_softplus_l1 ? sigmoid(f) : 1.0);
            };
            row.write(
                target, entry(f_y, -step), best.index, entry(double(best.value), step), [=](auto f) {
                    using T = decltype(f);
                    return (constant<T>(step - step) - by.sign(by.score(f)) * constant<T>(pull)) * by.slope(f);
                });
        }
        return wins ? delta : 0.0;
    }
};

struct LdrKl {
    double lambda;
    LabelDistribution of;

    template <class Row>
    BASIN_PASS double operator()(const Row& row, int64_t target, double factor, int64_t) const {
        return of.loss(row, target, factor, lambda, of.norm.scale(row));
    }
};

struct AldrKl {
    double initial, alpha, floor;
    const float* before;  // [rows]
    float* after;         // [rows]
    LabelDistribution of;

    template <class Row>
    BASIN_PASS double operator()(const Row& row, int64_t target, double factor, int64_t index) const {
        const double classes = double(row.width), logarithm = ::log(classes);
        const ScoreScale scores = of.norm.scale(row);
        const double divergence = row.width == 1 ? 0.0 : divergence_of(row, double(before[index]), logarithm, scores.by);
        const double lambda = row.width == 1 ? initial : initial - initial * divergence / (alpha * logarithm);
        after[index] = float(lambda);
        const double moved = lambda - initial;
        return of.loss(row, target, factor, lambda, scores) - alpha * logarithm / (2.0 * initial) * moved * moved;
    }

    // A row that does not count keeps its temperature.
    BASIN_PASS void skip(int64_t index) const { after[index] = before[index]; }

private:
    // KL(p, uniform) = log K + sum_k p_k log p_k of the smoothed distribution.
    template <class Row>
    BASIN_PASS double divergence_of(const Row& row, double lambda, double logarithm, double scale) const {
        const BestEntry best = row.best_but(-1);
        const double u_best = of.score_at(double(best.value)), rate = scale / lambda;
        const ScoreNorm by = of.norm;
        const auto exponential = [=](auto f) {
            using T = decltype(f);
            return exp(constant<T>(rate) * (by.score(f) - constant<T>(u_best)));
        };
        const double sum = row.sum_but(-1, exponential);
        const double share = 1.0 / (sum * (1.0 + double(row.width) * floor)), least = floor / (1.0 + double(row.width) * floor);
        return logarithm + row.sum_but(-1, [=](auto f) {
            using T = decltype(f);
            const T p = fma(constant<T>(share), exponential(f), constant<T>(least));
            return select(p < constant<T>(0x1p-126), p * constant<T>(0.0), p * log(p));
        });
    }
};

}
