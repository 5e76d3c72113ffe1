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

// The interpolated momentum u.
struct LionInterpolation {
    float keep, take;

    LionInterpolation(double beta1) : keep(float(beta1)), take(float(1.0 - beta1)) {}

    template <class T>
    BASIN_HD T at(T g, T m) const { return fma(T(take), g, T(keep) * m); }

    template <class T>
    BASIN_HD void operator()(T g, T m, T& direction) const { direction = at(g, m); }
};

// A step along a direction that is there already.
struct LionMove {
    Lion lion;

    template <class T>
    BASIN_HD void operator()(T& w, T g, T& m, T direction) const {
        lion.step(w, g, m, [&](T) { return direction; });
    }
};

inline constexpr float smallest_normal = 1.1754944e-38f;  // log is that of normal numbers alone

// x^power for x from 0 to 1.
template <class T>
BASIN_HD T power_of_share(T x, T power) {
    const T small = select(x < T(1e-30f), x * T(1e30f), x);
    const T logarithm = log(max(small, T(smallest_normal))) + select(x < T(1e-30f), T(-69.0775528f), T(0.0f));
    return select(x == T(0.0f), T(0.0f), exp(power * logarithm));
}

// What is summed over elements for a gradient, as the C ABI numbers it.
enum LionStatistic : int32_t { squares_of_all, powers_of_all, exponentials_of_all };

// (|z| / scale)^power for powers from 1 on and a scale that no z exceeds: subnormal shares are nothing beside the largest one's 1.
struct PowerTerm {
    float scale, power;

    BASIN_HD PowerTerm(float largest, double to) : scale(largest == 0.0f ? 1.0f : largest), power(float(to)) {}

    template <class T>
    BASIN_HD T operator()(T z) const {
        const T x = max(z, -z) / T(scale);
        return select(x > T(0.0f), exp(T(power) * log(max(x, T(smallest_normal)))), x);
    }
};

// e^((z - scale) / e).
struct ExponentialTerm {
    float scale, by;

    BASIN_HD ExponentialTerm(float largest, double smoothing)
        : scale(largest == -HUGE_VALF ? 0.0f : largest), by(float(smoothing < 1e-38 ? 1e38 : 1.0 / smoothing)) {}

    template <class T>
    BASIN_HD T operator()(T z) const { return exp((z - T(scale)) * T(by)); }
};

// Gradients that two numbers over all elements make elementwise: first that of the norm, 0 where the norm is.
struct ByNorm {
    float scale, norm;  // both times what makes the norm a normal f32

    BASIN_HD ByNorm(const double* statistics, double, double) : ByNorm(statistics[0]) {}
    BASIN_HD explicit ByNorm(double of) : scale(float(scale_for(of))), norm(float(scale_for(of) * of)) {}

    template <class T>
    BASIN_HD T operator()(T z) const { return norm == 0.0f ? z * T(0.0f) : T(scale) * z / T(norm); }

private:
    static BASIN_HD double scale_for(double norm) { return norm > 3e38 ? 0x1p-64 : norm < 1e-30 ? 0x1p64 : 1.0; }
};

struct PowerSlope {
    float largest, share, exponent;

    BASIN_HD PowerSlope(const double* statistics, double, double power)
        : largest(float(statistics[0])), share(float(statistics[1])), exponent(float(power)) {}

    template <class T>
    BASIN_HD T operator()(T z) const {
        return largest == 0.0f ? z * T(0.0f) : sign(z) * T(share) * power_of_share(max(z, -z) / T(largest), T(exponent));
    }
};

struct SoftmaxSlope {
    ExponentialTerm term;
    float share;

    BASIN_HD SoftmaxSlope(const double* statistics, double smoothing, double)
        : term(float(statistics[0]), smoothing), share(float(1.0 / statistics[1])) {}

    template <class T>
    BASIN_HD T operator()(T z) const { return term(z) * T(share); }
};

// Makes a gradient where its statistics lie.
template <class Slope>
struct MakeSlope {
    const double* statistics;
    double smoothing, power;

    BASIN_HD Slope operator()() const { return Slope(statistics, smoothing, power); }
};

// Calls body with what makes the gradient of a kind from statistics.
template <class Body>
void with_statistical_slope(int32_t kind, const double* statistics, double smoothing, double power, Body body) {
    switch (kind) {
        case power_k: return body(MakeSlope<PowerSlope>{statistics, smoothing, power});
        case softmax_k: return body(MakeSlope<SoftmaxSlope>{statistics, smoothing, power});
        default: return body(MakeSlope<ByNorm>{statistics, smoothing, power});
    }
}

// -K'(-u), which is K'(u) for every K but one: the paper's momentum has the other sign.
template <class Slope>
struct OppositeSlope {
    Slope slope;

    template <class T>
    BASIN_HD T operator()(T u) const { return -slope(-u); }
};

template <class Slope>
struct WriteSlope {
    Slope slope;

    template <class T>
    BASIN_HD void operator()(T z, T& direction) const { direction = slope(z); }
};

template <class Slope>
WriteSlope(Slope) -> WriteSlope<Slope>;

// What is looked at for values of K and K*, as the C ABI numbers it.
enum LionMeasure : int32_t {
    largest_magnitude, value_sum, conjugate_at_gradient_sum, conjugate_sum, entropy_sum, exponential_product_sum
};

// NaN where one is.
BASIN_HD double larger(double a, double b) { return a > b || a != a ? a : b; }

struct LionKTerms {
    int32_t measure, kind;
    double e, scale;

    BASIN_HD bool is_maximum() const { return measure == largest_magnitude; }

    BASIN_HD double operator()(double z) const {
        switch (measure) {
            case largest_magnitude: return ::fabs(z);
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
