// A row of logits z at a temperature T of its own (correctness-aware calibration, Liu et al., arXiv 2404.13016), y the target, k* the
// arg max: what a calibrator needs of it, and the way back to the logits.
//   confidence c = softmax(z / T)_k*,   d c / d T = -c (z_k* - sum_k P_k z_k) / T^2
//   loss = -log softmax(z / T)_y,       d loss / d T = (z_y - sum_k P_k z_k) / T^2
//   d c / d z_k = c ([k = k*] - P_k) / T
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

struct TemperedRow {
    double sum;    // sum_k e^((z_k - z_k*) / T)
    double below;  // sum_k e^((z_k - z_k*) / T) (z_k - z_k*), a difference, so that large logits keep their digits
    BestEntry best;

    template <class Row>
    static BASIN_PASS TemperedRow of(const Row& row, double temperature) {
        TemperedRow result;
        result.best = row.best_but(-1);
        const double top = double(result.best.value), rate = 1.0 / temperature;
        row.sums_but(-1, result.sum, result.below, [=](auto z, auto& e, auto& e_below) {
            using T = decltype(z);
            const T below = z - constant<T>(top);
            e = exp(constant<T>(rate) * below);
            e_below = select(e > constant<T>(0.0), e * below, e);
        });
        return result;
    }

    // sum_k P_k (z_k - mean)^2
    template <class Row>
    static BASIN_PASS double variance_of(const Row& row, const TemperedRow& of, double temperature) {
        const double top = double(of.best.value), rate = 1.0 / temperature, mean = of.below / of.sum;
        const double squares = row.sum_but(-1, [=](auto z) {
            using T = decltype(z);
            const T below = z - constant<T>(top), from = below - constant<T>(mean);
            const T e = exp(constant<T>(rate) * below);
            return select(e > constant<T>(0.0), e * from * from, e);
        });
        return squares / of.sum;
    }
};

struct TemperatureStatistics {  // variances are those of z under P
    const float* temperatures;
    float* confidences;  // each or null
    float* corrects;
    float* confidence_slopes;
    float* loss_slopes;
    float* variances;
    double lowest, highest;

    template <class Row>
    BASIN_PASS double operator()(const Row& row, int64_t target, double, int64_t index) const {
        const double given = double(temperatures[index]);
        const double t = given < lowest ? lowest : given > highest ? highest : given;
        const bool held = given < lowest || given > highest;
        const double own = double(row.at(target));
        const TemperedRow of = TemperedRow::of(row, t);
        const double confidence = 1.0 / of.sum, mean = of.below / of.sum, below = own - double(of.best.value);
        put(confidences, index, confidence);
        put(corrects, index, confidence != confidence ? confidence : of.best.index == target ? 1.0 : 0.0);
        put(confidence_slopes, index, held ? 0.0 : confidence * mean / (t * t));
        put(loss_slopes, index, held ? 0.0 : (below - mean) / (t * t));
        if (variances != nullptr) put(variances, index, TemperedRow::variance_of(row, of, t));
        return ::log(of.sum) - below / t;
    }

    BASIN_PASS void skip(int64_t index) const {
        put(confidences, index, 0.0);
        put(corrects, index, 0.0);
        put(confidence_slopes, index, 0.0);
        put(loss_slopes, index, 0.0);
        put(variances, index, 0.0);
    }

private:
    static BASIN_PASS void put(float* to, int64_t index, double value) {
        if (to != nullptr) to[index] = float(value);
    }
};

// The gradient of sum_i coefficient_i confidence_i; nothing depends on the target.
struct ConfidenceGradient {
    const float* temperatures;
    const float* coefficients;
    double lowest, highest;

    template <class Row>
    BASIN_PASS double operator()(const Row& row, int64_t, double factor, int64_t index) const {
        const double given = double(temperatures[index]);
        const double t = given < lowest ? lowest : given > highest ? highest : given;
        const TemperedRow of = TemperedRow::of(row, t);
        const double confidence = 1.0 / of.sum, by = factor * double(coefficients[index]) * confidence / t;
        const double top = double(of.best.value), rate = 1.0 / t, share = by * confidence;
        if (row.wants_gradient()) {
            row.write(of.best.index, by * (of.sum - 1.0) / of.sum, -1, 0.0, [=](auto z) {
                using T = decltype(z);
                return constant<T>(-share) * exp(constant<T>(rate) * (z - constant<T>(top)));
            });
        }
        return 0.0 * share;
    }
};

}
