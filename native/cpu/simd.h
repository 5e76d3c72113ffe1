// The value type of formulas on the CPU: one vector of f32, with the functions that formula/value.h lists.
#pragma once

#include "native_vector.h"

namespace basin::inline BASIN_ISA {

struct Mask {
    I32 bits;
};

struct Float {
    F32 v;

    Float() = default;
    BASIN_HD Float(F32 vector) : v(vector) {}
    BASIN_HD explicit Float(float value) : v(value - F32{}) {}  // x - 0 is x for every x, -0 included

    friend BASIN_HD Float operator+(Float a, Float b) { return a.v + b.v; }
    friend BASIN_HD Float operator-(Float a, Float b) { return a.v - b.v; }
    friend BASIN_HD Float operator*(Float a, Float b) { return a.v * b.v; }
    friend BASIN_HD Float operator/(Float a, Float b) { return a.v / b.v; }
    friend BASIN_HD Float operator-(Float a) { return -a.v; }
    friend BASIN_HD Mask operator<(Float a, Float b) { return {a.v < b.v}; }
    friend BASIN_HD Mask operator>(Float a, Float b) { return {a.v > b.v}; }
    friend BASIN_HD Mask operator>=(Float a, Float b) { return {a.v >= b.v}; }
    friend BASIN_HD Mask operator==(Float a, Float b) { return {a.v == b.v}; }
};

BASIN_HD Float select(Mask condition, Float yes, Float no) { return condition.bits ? yes.v : no.v; }
BASIN_HD Float max(Float a, Float b) { return native_max(a.v, b.v); }
BASIN_HD Float min(Float a, Float b) { return native_min(a.v, b.v); }
BASIN_HD Float fma(Float a, Float b, Float c) { return native_fma(a.v, b.v, c.v); }
BASIN_HD Float sqrt(Float a) { return native_sqrt(a.v); }

BASIN_HD Float compress(Float a, uint32_t chosen) { return native_compress(a.v, chosen); }
BASIN_HD Float expand(Float a, uint32_t chosen, Float b) { return native_expand(a.v, chosen, b.v); }

// 0, 1, 2, ...
BASIN_HD Float lane_numbers() {
    F32 numbers;
    for (int i = 0; i < lanes; ++i) numbers[i] = float(i);
    return numbers;
}

template <int n>
struct Vector {
    typedef float type __attribute__((vector_size(4 * n)));  // GCC drops a dependent attribute of a using
};

// Halves until two lanes are left: a fixed order, whatever the vector came from.
template <int n, class Combine>
BASIN_HD float reduce(typename Vector<n>::type vector, Combine combine) {
    if constexpr (n == 2) {
        return combine(vector[0], vector[1]);
    } else {
        typename Vector<n / 2>::type half[2];
        __builtin_memcpy(half, &vector, sizeof vector);
        return reduce<n / 2>(combine(half[0], half[1]), combine);
    }
}

BASIN_HD float sum(Float a) {
    return reduce<lanes>(a.v, [](auto x, auto y) { return x + y; });
}

// As many f64: for sums and differences that f32 cannot hold. Two vectors of the instruction set: GCC keeps one vector of
// twice that width in memory, and a sum then waits for its own store at every step.
struct Double {
    F64 low, high;

    Double() = default;
    BASIN_HD Double(F64 lower, F64 upper) : low(lower), high(upper) {}
    BASIN_HD Double(double value) : low(value - F64{}), high(value - F64{}) {}

    friend BASIN_HD Double operator+(Double a, Double b) { return {a.low + b.low, a.high + b.high}; }
    friend BASIN_HD Double operator-(Double a, Double b) { return {a.low - b.low, a.high - b.high}; }
    friend BASIN_HD Double operator*(Double a, Double b) { return {a.low * b.low, a.high * b.high}; }
    BASIN_HD Double& operator+=(Double b) { return *this = *this + b; }
    BASIN_HD Double& operator*=(Double b) { return *this = *this * b; }
};

BASIN_HD Double widen(Float x) { return {native_widen_low(x.v), native_widen_high(x.v)}; }
BASIN_HD Float narrow(Double x) { return native_narrow(x.low, x.high); }

// x in the first lanes, 0 in the others.
BASIN_HD Float first_of(Float x, int64_t count) {
    for (int64_t lane = count; lane < lanes; ++lane) x.v[lane] = 0.0f;
    return x;
}
BASIN_HD Double first_of(Double x, int64_t count) {
    constexpr int half = lanes / 2;
    for (int lane = 0; lane < half; ++lane) {
        if (lane >= count) x.low[lane] = 0.0;
        if (half + lane >= count) x.high[lane] = 0.0;
    }
    return x;
}

BASIN_HD double sum(Double a) {
    double total = 0.0;
    for (int lane = 0; lane < lanes / 2; ++lane) total += a.low[lane];
    for (int lane = 0; lane < lanes / 2; ++lane) total += a.high[lane];
    return total;
}

BASIN_HD float largest(Float a) {
    return reduce<lanes>(a.v, [](auto x, auto y) { return x > y ? x : y; });
}

BASIN_HD float smallest(Float a) {
    return reduce<lanes>(a.v, [](auto x, auto y) { return x < y ? x : y; });
}

// log x for normal numbers, within 2 ulp; anything for others. x = 2^n m with m in [sqrt(1/2), sqrt(2)], log m = 2 artanh s.
BASIN_HD Float log(Float x) {
    const I32 bits = reinterpret_cast<I32>(x.v) - 0x3F3504F3;
    const I32 exponent = bits >> 23;
    const F32 m = reinterpret_cast<F32>((bits & 0x007FFFFF) + 0x3F3504F3);
    const Float n(__builtin_convertvector(exponent, F32));
    const Float f = Float(m) - Float(1.0f), s = f / (Float(2.0f) + f), q = s * s;
    Float p = fma(q, Float(0.22222222f), Float(0.28571429f));
    p = fma(p, q, Float(0.4f));
    p = fma(p, q, Float(0.66666667f));
    // log m = f - s (f - q p): the large part is exact.
    const Float low = fma(n, Float(-2.12194440e-4f), s * fma(q, p, -f));
    return fma(n, Float(0.693359375f), f + low);
}

// e^r - 1 for |r| <= ln 2 / 2: a minimax polynomial of degree 6, off by 3.2e-9 of e^r.
BASIN_HD Float exp_less_one(Float r) {
    Float p = fma(r, Float(0x1.6a4cb4p-10f), Float(0x1.123986p-7f));
    p = fma(p, r, Float(0x1.5558bp-5f));
    p = fma(p, r, Float(0x1.555492p-3f));
    p = fma(p, r, Float(0x1.fffffcp-2f));
    return fma(p, r * r, r);
}

// exp x for x up to 88.37, within 1.02 ulp; 0 below lowest_exponent and for -inf, NaN for NaN. Softmax asks for no more.
// x = n ln 2 + r.
#if defined(__AVX512F__)
inline constexpr float lowest_exponent = -104.0f;  // down to the subnormals
#else
inline constexpr float lowest_exponent = -87.33f;  // down to the smallest normal number
#endif

BASIN_HD Float exp(Float x) {
    const Float clamped = max(Float(lowest_exponent), x);
    const Exponent n((clamped * Float(1.44269504f)).v);
    const Float whole(n.value);
    const Float r = fma(whole, Float(-1.42860677e-6f), fma(whole, Float(-0.693145752f), clamped));
    const Float result = n.scale((exp_less_one(r) + Float(1.0f)).v);
#if defined(__AVX512F__)
    return result;  // scalef has rounded e^-104 to 0
#else
    return select(x < Float(lowest_exponent), Float(0.0f), result);
#endif
}

// exp x - 1 for x in [lowest_exponent, 0], within 1.2 ulp: e^r - 1 and 2^n are scaled before they meet.
BASIN_HD Float expm1_of_negative(Float x) {
    const Exponent n((x * Float(1.44269504f)).v);
    const Float whole(n.value);
    const Float r = fma(whole, Float(-1.42860677e-6f), fma(whole, Float(-0.693145752f), x));
    const Float power(n.scale(Float(1.0f).v));
    return fma(power, exp_less_one(r), power - Float(1.0f));
}

}
