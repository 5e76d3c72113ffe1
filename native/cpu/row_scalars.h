// exp and log in double for what happens once a row, where a call of libm each would cost more than a row of ten classes
// does. Results end in f32, so 2e-14 is enough.
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

BASIN_HD double fused(double a, double b, double c) {
#if defined(__FMA__)
    return __builtin_fma(a, b, c);
#else
    return a * b + c;
#endif
}

// Without a branch: which it is follows no pattern.
BASIN_HD double either(bool condition, double yes, double no) {
    const uint64_t mask = uint64_t{0} - uint64_t{condition};
    return __builtin_bit_cast(
        double, (__builtin_bit_cast(uint64_t, yes) & mask) | (__builtin_bit_cast(uint64_t, no) & ~mask));
}

inline constexpr double ln2_high = 0x1.62e42fefa0000p-1;  // the rest of ln 2 is below; integers times it are exact
inline constexpr double ln2_low = 0x1.cf79abc9e3b3ap-40;

// e^x for x <= 0, 0 below the normal numbers; relative error 2e-14. x = n ln 2 + r; e^r = 1 + r + r^2 q(r), q minimax.
BASIN_HD double exp_of_negative(double x) {
    constexpr double shift = 0x1.8p52;  // leaves n in the low bits of the sum
    const double shifted = fused(x, 1.4426950408889634, shift);
    const double n = shifted - shift;
    const double r = fused(n, -ln2_low, fused(n, -ln2_high, x));
    const double r2 = r * r;
    const double q01 = fused(r, 0x1.5555555589fadp-3, 0x1.fffffffff13c7p-2);
    const double q23 = fused(r, 0x1.1111108e187a7p-7, 0x1.5555557df50fbp-5);
    const double q45 = fused(r, 0x1.a01b73aa5fad2p-13, 0x1.6c163bdba6f8cp-10);
    const double q67 = fused(r, 0x1.710176a3ddf45p-19, 0x1.a16e43f3db26ep-16);
    const double q = fused(r2 * r2, fused(q67, r2, q45), fused(q23, r2, q01));
    const double e = 1.0 + fused(r2, q, r);
    const uint64_t bits = __builtin_bit_cast(uint64_t, e) + (__builtin_bit_cast(uint64_t, shifted) << 52);
    return x < -708.0 ? 0.0 : __builtin_bit_cast(double, bits);
}

// log(1 + x) for finite x >= 0; relative error 3e-14. 1 + x = 2^k m with m in [sqrt 1/2, sqrt 2), f = m - 1, and
// log m = 2 atanh t with t = f / (2 + f), by a minimax polynomial in t^2. For k = 0 f is x, however small.
BASIN_HD double log_of_one_plus(double x) {
    constexpr uint64_t sqrt_half = 0x3FE6A09E667F3BCDu;
    const uint64_t from_sqrt_half = __builtin_bit_cast(uint64_t, 1.0 + x) - sqrt_half;
    const int64_t k = static_cast<int64_t>(from_sqrt_half) >> 52;
    const uint64_t m = (from_sqrt_half & 0x000FFFFFFFFFFFFFu) + sqrt_half;
    const double f = either(k == 0, x, __builtin_bit_cast(double, m) - 1.0);
    const double t = f / (2.0 + f), z = t * t, z2 = z * z;
    const double p01 = fused(z, 0x1.999996a98ed77p-2, 0x1.555555561e2cfp-1);
    const double p23 = fused(z, 0x1.c62b20272e45dp-3, 0x1.249411ce4051cp-2);
    const double p = fused(z2, fused(z2, 0x1.9114daad7cf0ap-3, p23), p01);
    return fused(double(k), ln2_high + ln2_low, fused(t * z, p, 2.0 * t));
}

}
