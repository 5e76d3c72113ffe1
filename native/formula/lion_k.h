// Lion-K (Chen et al., arXiv 2310.05898): Lion with the gradient of a convex function K in the sign's place. Here are the K that are
// sums over elements: their gradients over a value type, and in double their values and convex conjugates.
#pragma once

#include "formula/lion.h"
#include "formula/logistic.h"

namespace basin::inline BASIN_ISA {

// As the C ABI numbers them.
enum LionKind : int32_t { absolute_k, soft_k, huber_k, relativistic_k, log_cosh_k, log_smooth_k, quadratic_k, scaled_k, power_k, softmax_k };

struct AbsoluteSlope {
    template <class T>
    BASIN_HD T operator()(T z) const { return sign(z); }
};

struct SoftSlope {
    float e;

    template <class T>
    BASIN_HD T operator()(T z) const { return select(max(z, -z) > T(e), sign(z), z - z); }
};

struct HuberSlope {
    float e;

    template <class T>
    BASIN_HD T operator()(T z) const { return select(max(z, -z) > T(e), sign(z), z / T(e)); }
};

// z / sqrt(z^2 + e^2) by the larger of the two, whose square may be no f32.
struct RelativisticSlope {
    float e;

    template <class T>
    BASIN_HD T operator()(T z) const {
        const T size = max(z, -z), scale = max(T(e), size), a = z / scale, b = T(e) / scale;
        return select(size > T(3e38f), sign(z), a / sqrt(fma(a, a, b * b)));
    }
};

struct LogCoshSlope {
    float e;

    template <class T>
    BASIN_HD T operator()(T z) const { return hyperbolic_tangent(z / T(e)); }
};

struct LogSmoothSlope {
    float e;

    template <class T>
    BASIN_HD T operator()(T z) const {
        const T size = max(z, -z);
        return select(size > T(3e38f), sign(z), z / (size + T(e)));
    }
};

struct QuadraticSlope {
    template <class T>
    BASIN_HD T operator()(T z) const { return z; }
};

// Calls body with the gradient of a kind.
template <class Body>
void with_slope(int32_t kind, double smoothing, Body body) {
    const float e = float(smoothing);
    switch (kind) {
        case soft_k: return body(SoftSlope{e});
        case huber_k: return body(HuberSlope{e});
        case relativistic_k: return body(RelativisticSlope{e});
        case log_cosh_k: return body(LogCoshSlope{e});
        case log_smooth_k: return body(LogSmoothSlope{e});
        case quadratic_k: return body(QuadraticSlope{});
        default: return body(AbsoluteSlope{});
    }
}

template <class Slope>
struct LionK {
    Lion lion;
    Slope slope;

    template <class T>
    BASIN_HD void operator()(T& w, T g, T& m) const { lion.step(w, g, m, slope); }
};

// The interpolated momentum u, times a factor.
struct LionInterpolation {
    float keep, take;

    LionInterpolation(double beta1, double scale) : keep(float(scale * beta1)), take(float(scale * (1.0 - beta1))) {}

    template <class T>
    BASIN_HD void operator()(T g, T m, T& direction) const { direction = fma(T(take), g, T(keep) * m); }
};

// A step along a direction that is there already.
struct LionMove {
    Lion lion;
    float by;

    template <class T>
    BASIN_HD void operator()(T& w, T g, T& m, T direction) const {
        lion.step(w, g, m, [&](T) { return T(by) * direction; });
    }
};

// x^power for x from 0 to 1; log is that of normal numbers alone.
template <class T>
BASIN_HD T power_of_share(T x, T power) {
    const T small = select(x < T(1e-30f), x * T(1e30f), x);
    const T logarithm = log(max(small, T(1.1754944e-38f))) + select(x < T(1e-30f), T(-69.0775528f), T(0.0f));
    return select(x == T(0.0f), T(0.0f), exp(power * logarithm));
}

// Gradients that two numbers over all elements make elementwise.
struct StatisticalSlope {
    int32_t kind;
    float first, second, by;

    BASIN_HD StatisticalSlope(int32_t of, double smoothing, double power, const double* statistics)
        : kind(of), first(float(statistics[0])), second(float(of == softmax_k ? 1.0 / statistics[1] : statistics[1])),
          by(float(of == softmax_k ? 1.0 / smoothing : power)) {}

    template <class T>
    BASIN_HD T operator()(T z) const {
        if (kind == scaled_k) return second == 0.0f ? z * T(0.0f) : T(first) * z / T(second);
        if (kind == softmax_k) return exp((z - T(first)) * T(by)) * T(second);
        return first == 0.0f ? z * T(0.0f) : sign(z) * T(second) * power_of_share(max(z, -z) / T(first), T(by));
    }
};

// What a norm and what it divides are multiplied by, so that the norm is an f32.
BASIN_HD double scale_for(double norm) { return norm > 3e38 ? 0x1p-64 : 1.0; }

// z over a norm, where the norm is not 0.
struct ByNorm {
    float scale, norm;

    BASIN_HD ByNorm(double of) : scale(float(scale_for(of))), norm(float(scale_for(of) * of)) {}

    template <class T>
    BASIN_HD T operator()(T z) const { return norm == 0.0f ? z * T(0.0f) : T(scale) * z / T(norm); }
};

// Calls body with the gradient of a kind whose statistics are at hand.
template <class Body>
void with_gradient(int32_t kind, double smoothing, double power, const double* statistics, Body body) {
    if (kind > quadratic_k) {
        body(StatisticalSlope(kind, smoothing, power, statistics));
    } else {
        with_slope(kind, smoothing, body);
    }
}

template <class Slope>
struct WriteSlope {
    Slope slope;

    template <class T>
    BASIN_HD void operator()(T z, T& direction) const { direction = slope(z); }
};

template <class Slope>
WriteSlope(Slope) -> WriteSlope<Slope>;

// What is summed over elements, as the C ABI numbers it.
enum LionMeasure : int32_t {
    largest_magnitude, largest_value, power_sum, exponential_sum, value_sum, conjugate_at_gradient_sum, conjugate_sum, entropy_sum, exponential_product_sum
};

// NaN where one is.
BASIN_HD double larger(double a, double b) { return a > b || a != a ? a : b; }

struct LionKTerms {
    int32_t measure, kind;
    double e, power, scale;

    BASIN_HD bool is_maximum() const { return measure == largest_magnitude || measure == largest_value; }

    BASIN_HD double operator()(double z) const {
        switch (measure) {
            case largest_magnitude: return ::fabs(z);
            case largest_value: return z;
            case power_sum: return scale == 0.0 ? z : ::pow(::fabs(z) / scale, power);
            case exponential_sum: return ::exp((z - scale) / e);
            case value_sum: return value(::fabs(z));
            case conjugate_at_gradient_sum: return conjugate_at_gradient(::fabs(z));
            case conjugate_sum: return conjugate(::fabs(z));
            case exponential_product_sum: return (z - scale) * ::exp((z - scale) / e);
            default: return entropy(z);
        }
    }

private:
    static constexpr double nothing_beyond = 1.0 + 1e-6;  // of the domain of K*, but for rounding

    static BASIN_HD double entropy(double y) { return y == 0.0 ? 0.0 : y < 0.0 ? HUGE_VAL : y * ::log(y); }

    BASIN_HD double value(double size) const {
        switch (kind) {
            case soft_k: return size > e ? size - e : size - size;
            case huber_k: return size > e ? size - e / 2 : size * size / (2 * e);
            case relativistic_k: return ::hypot(size, e);
            case log_cosh_k: return size + e * (::log1p(::exp(-2.0 * size / e)) - 0.69314718055994531);
            case log_smooth_k: return size - e * ::log1p(size / e);
            case quadratic_k: return size * size / 2;
            default: return size;
        }
    }

    // K*(K'(z)), from z: K'(z) alone has lost the digits of 1 - K'(z).
    BASIN_HD double conjugate_at_gradient(double size) const {
        const double share = size / e;
        switch (kind) {
            case soft_k: return size > e ? e : size - size;
            case huber_k: return size > e ? e / 2 : e / 2 * share * share;
            case relativistic_k: return -e * e / ::hypot(size, e);
            case log_cosh_k: {
                const double d = ::exp(-2.0 * share);
                return e * (0.69314718055994531 - ::log1p(d) - (d == 0.0 ? 0.0 : 2.0 * share * d / (1.0 + d)));
            }
            case log_smooth_k: return e * (::log1p(share) - share / (1.0 + share));
            case quadratic_k: return size * size / 2;
            default: return size - size;
        }
    }

    BASIN_HD double conjugate(double size) const {
        if (kind == quadratic_k) return size * size / 2;
        if (size > nothing_beyond) return HUGE_VAL;
        const double y = size > 1.0 ? 1.0 : size;
        switch (kind) {
            case soft_k: return e * y;
            case huber_k: return e / 2 * y * y;
            case relativistic_k: return -e * ::sqrt(1.0 - y * y);
            case log_cosh_k: return e / 2 * (entropy(1.0 + y) + entropy(1.0 - y));
            case log_smooth_k: return y == 1.0 ? HUGE_VAL : -e * (y + ::log1p(-y));
            default: return y - y;
        }
    }
};

}
