// One row of (soft) cross-entropy in double, written from the definition in basin/loss.h.
#pragma once

#include <algorithm>
#include <limits>

#include "check.h"

namespace test {

inline constexpr double inf = std::numeric_limits<double>::infinity();
inline constexpr double nan = std::numeric_limits<double>::quiet_NaN();

struct RowOptions {
    double scale = 1.0, smoothing = 0.0, penalty = 0.0, row_weight = 1.0, grad_scale = 1.0;
};

struct RowAnswer {
    double loss, lse;
    int32_t argmax;
    std::vector<double> gradient;
};

// weights: c for every class; mass: the targets before smoothing, a one-hot or q.
inline RowAnswer reference_row(
    const std::vector<double>& x, const std::vector<double>& mass, const std::vector<double>& weights,
    const RowOptions& options) {
    const size_t n = x.size();
    RowAnswer answer{0.0, 0.0, 0, std::vector<double>(n, nan)};
    double top = -inf, mass_sum = 0.0;
    bool bad = false, found = false;
    for (size_t k = 0; k < n; ++k) {
        bad = bad || std::isnan(x[k]) || x[k] == inf;
        if (!std::isnan(x[k]) && (!found || x[k] > top)) {
            found = true;
            top = x[k];
            answer.argmax = int32_t(k);
        }
        mass_sum += mass[k];
    }
    if (bad || top == -inf) {
        answer.loss = answer.lse = nan;
        return answer;
    }
    // The sum with and without each class, for 1 - p_k.
    double others = 0.0;
    for (size_t k = 0; k < n; ++k) others += k == size_t(answer.argmax) ? 0.0 : std::exp((x[k] - top) * options.scale);
    const double above = std::log1p(others);
    answer.lse = top * options.scale + above;
    double loss = options.penalty * answer.lse * answer.lse, total = 0.0;
    std::vector<double> t(n);
    for (size_t k = 0; k < n; ++k) {
        t[k] = weights[k] * ((1.0 - options.smoothing) * mass[k] + options.smoothing * mass_sum / double(n));
        total += t[k];
        if (t[k] != 0.0) loss += t[k] * ((top - x[k]) * options.scale + above);
    }
    answer.loss = loss * options.row_weight;
    const double factor = options.grad_scale * options.row_weight * options.scale;
    for (size_t k = 0; k < n; ++k) {
        const double p = std::exp((x[k] - top) * options.scale - above);
        const double q = k == size_t(answer.argmax) ? others / (1.0 + others) : 1.0 - p;
        const double rest = total - t[k] + 2.0 * options.penalty * answer.lse;
        answer.gradient[k] = factor * (p * rest - q * t[k]);
    }
    return answer;
}

// What a kernel gave for a row, against the reference: relative to the row's largest value, or to `floor` where that is
// larger.
inline void check_row(
    const char* what, int64_t classes, const RowAnswer& expected, double loss, double lse, int32_t argmax,
    const Buffer& gradient, size_t offset, double tolerance,
    double floor) {
    double size = floor;
    for (const double g : expected.gradient) size = std::max(size, std::fabs(g));
    check(close(loss, expected.loss, tolerance * std::max(floor, std::fabs(expected.loss))),
        "%s classes %lld: loss %.9g, expected %.9g", what, static_cast<long long>(classes), loss, expected.loss);
    check(close(lse, expected.lse, tolerance * std::max(1.0, std::fabs(expected.lse))),
        "%s classes %lld: lse %.9g, expected %.9g", what, static_cast<long long>(classes), lse, expected.lse);
    check(argmax == expected.argmax, "%s classes %lld: argmax %d, expected %d", what, static_cast<long long>(classes),
        argmax, expected.argmax);
    const double rounding = gradient.type == BASIN_BF16 ? 1.0 / 256.0 : 0.0;
    for (size_t k = 0; k < size_t(classes); ++k) {
        const double want = expected.gradient[k], got = gradient.at(offset + k);
        check(close(got, want, tolerance * size + rounding * std::fabs(want)),
            "%s classes %lld: gradient[%zu] %.9g, expected %.9g", what, static_cast<long long>(classes), k, got, want);
    }
}

inline const int64_t row_sizes[] = {1,  2,  3,  4,  5,  7,  8,  9,  10, 15, 16,  17,   31,   32,  33,
                                    47, 48, 63, 64, 65, 70, 96, 127, 1000, 1023, 1024, 1025, 2049, 5000};

}
