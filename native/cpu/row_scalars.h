// exp and log in double for what happens once a row, where a call of libm each would cost more than a row of ten classes
// does. Results end in f32, so 2e-14 is enough. T is double, or Doubles for several
// rows.
#pragma once

#include <type_traits>

#include "simd.h"

namespace basin::inline BASIN_ISA {

typedef double Doubles __attribute__((vector_size(vector_bytes)));
inline constexpr int64_t doubles = vector_bytes / 8;

// The bits of a T.
template <class T>
struct Bits {
    using Unsigned = uint64_t;
    using Signed = int64_t;
};
template <>
struct Bits<Doubles> {
    typedef uint64_t Unsigned __attribute__((vector_size(vector_bytes)));
    typedef int64_t Signed __attribute__((vector_size(vector_bytes)));
};

template <class A, class B, class C>
BASIN_HD auto fused(A a, B b, C c) {
#if defined(__FMA__)
    if constexpr (std::is_same_v<decltype(a * b + c), double>) return __builtin_fma(a, b, c);
#endif
    return a * b + c;
}

// Without a branch: which it is follows no pattern.
BASIN_HD double either(bool condition, double yes, double no) {
    const uint64_t mask = uint64_t{0} - uint64_t{condition};
    return __builtin_bit_cast(
        double, (__builtin_bit_cast(uint64_t, yes) & mask) | (__builtin_bit_cast(uint64_t, no) & ~mask));
}

BASIN_HD Doubles either(Bits<Doubles>::Signed condition, Doubles yes, Doubles no) { return condition ? yes : no; }

inline constexpr double ln2_high = 0x1.62e42fefa0000p-1;  // the rest of ln 2 is below; integers times it are exact
inline constexpr double ln2_low = 0x1.cf79abc9e3b3ap-40;
inline constexpr double integer_in_low_bits = 0x1.8p52;   // added to an integer, leaves it in the low bits of the sum

// e^x for x <= 0, 0 below the normal numbers; relative error 2e-14. x = n ln 2 + r; e^r = 1 + r + r^2 q(r), q minimax.
template <class T>
BASIN_HD T exp_of_negative(T x) {
    using U = typename Bits<T>::Unsigned;
    const T shifted = fused(x, 1.4426950408889634, integer_in_low_bits);
    const T n = shifted - integer_in_low_bits;
    const T r = fused(n, -ln2_low, fused(n, -ln2_high, x));
    const T r2 = r * r;
    const T q01 = fused(r, 0x1.5555555589fadp-3, 0x1.fffffffff13c7p-2);
    const T q23 = fused(r, 0x1.1111108e187a7p-7, 0x1.5555557df50fbp-5);
    const T q45 = fused(r, 0x1.a01b73aa5fad2p-13, 0x1.6c163bdba6f8cp-10);
    const T q67 = fused(r, 0x1.710176a3ddf45p-19, 0x1.a16e43f3db26ep-16);
    const T q = fused(r2 * r2, fused(q67, r2, q45), fused(q23, r2, q01));
    const T e = fused(r2, q, r) + 1.0;
    const U bits = __builtin_bit_cast(U, e) + (__builtin_bit_cast(U, shifted) << 52);
    return either(x < -708.0, T{}, __builtin_bit_cast(T, bits));
}

// log(1 + x) for finite x >= 0; relative error 3e-14. 1 + x = 2^k m with m in [sqrt 1/2, sqrt 2), f = m - 1, and
// log m = 2 atanh t with t = f / (2 + f), by a minimax polynomial in t^2. For k = 0 f is x, however small.
template <class T>
BASIN_HD T log_of_one_plus(T x) {
    using U = typename Bits<T>::Unsigned;
    using S = typename Bits<T>::Signed;
    constexpr uint64_t sqrt_half = 0x3FE6A09E667F3BCDu;
    constexpr uint64_t integer_bits = 0x4338000000000000u;  // of integer_in_low_bits
    const U from_sqrt_half = __builtin_bit_cast(U, x + 1.0) - sqrt_half;
    const U exponent = __builtin_bit_cast(U, __builtin_bit_cast(S, from_sqrt_half) >> 52);
    const T k = __builtin_bit_cast(T, exponent + integer_bits) - integer_in_low_bits;
    const U m = (from_sqrt_half & 0x000FFFFFFFFFFFFFu) + sqrt_half;
    const T f = either(k == 0.0, x, __builtin_bit_cast(T, m) - 1.0);
    const T t = f / (f + 2.0), z = t * t, z2 = z * z;
    const T p01 = fused(z, 0x1.999996a98ed77p-2, 0x1.555555561e2cfp-1);
    const T p23 = fused(z, 0x1.c62b20272e45dp-3, 0x1.249411ce4051cp-2);
    const T p = fused(z2, fused(z2, 0x1.9114daad7cf0ap-3, p23), p01);
    return fused(k, ln2_high + ln2_low, fused(t * z, p, t * 2.0));
}

}
