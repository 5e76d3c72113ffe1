// Tensors in memory: loads widen to f32, stores round once. `All` stands for a full vector, `First{n}` for the first n
// lanes: nothing outside them is read or written. No address need be aligned.
#pragma once

#include <limits>

#include "basin/types.h"
#include "simd.h"

namespace basin::inline BASIN_ISA {

struct BFloat16 {
    uint16_t bits;
};

// Calls body with a value of the C++ type that stores `type`.
template <class Body>
void with_storage(int32_t type, Body body) {
    if (type == BASIN_BF16) {
        body(BFloat16{});
    } else {
        body(float{});
    }
}

struct All {};
struct First {
    int64_t count;
};

BASIN_HD Float load(const float* p) {
    F32 v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

BASIN_HD void store(float* p, Float x) { __builtin_memcpy(p, &x.v, sizeof x.v); }

BASIN_HD Float load(const BFloat16* p) {
    U16 half;
    __builtin_memcpy(&half, p, sizeof half);
    return reinterpret_cast<F32>(native_widen(half) << 16);
}

// To nearest, ties to even; NaN stays NaN, made quiet.
BASIN_HD U16 rounded_to_bf16(F32 x) {
    const U32 bits = reinterpret_cast<U32>(x);
    const U32 rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    const U32 quiet = (bits >> 16) | 0x40u;
    return native_narrow(x == x ? rounded : quiet);
}

BASIN_HD void store(BFloat16* p, Float x) {
    U16 half;
#if defined(__AVX512BF16__)
    // VCVTNEPS2BF16 gives the same bits but for subnormals, which it flushes to zero.
    constexpr int subnormal = 0x20;
    if (__builtin_expect(_mm512_fpclass_ps_mask(x.v, subnormal) == 0, 1)) {
        half = reinterpret_cast<U16>(_mm512_cvtneps_pbh(x.v));
    } else {
        half = rounded_to_bf16(x.v);
    }
#else
    half = rounded_to_bf16(x.v);
#endif
    __builtin_memcpy(p, &half, sizeof half);
}

template <class S>
BASIN_HD Float load(const S* p, All, Float) {
    return load(p);
}

template <class S>
BASIN_HD Float load(const S* p, First first, Float padding) {
    S partial[lanes];
    store(partial, padding);
    for (int64_t i = 0; i < first.count; ++i) partial[i] = p[i];
    return load(partial);
}

template <class S>
BASIN_HD void store(S* p, All, Float x) {
    store(p, x);
}

template <class S>
BASIN_HD void store(S* p, First first, Float x) {
    S whole[lanes];
    store(whole, x);
    for (int64_t i = 0; i < first.count; ++i) p[i] = whole[i];
}

#if defined(__AVX512F__)
BASIN_HD __mmask16 mask_of(First first) { return static_cast<__mmask16>((1u << first.count) - 1u); }

BASIN_HD Float load(const float* p, First first, Float padding) {
    return Float(F32(_mm512_mask_loadu_ps(padding.v, mask_of(first), p)));
}

BASIN_HD void store(float* p, First first, Float x) { _mm512_mask_storeu_ps(p, mask_of(first), x.v); }
#endif

BASIN_HD float widen(float x) { return x; }

BASIN_HD float widen(BFloat16 x) { return __builtin_bit_cast(float, static_cast<uint32_t>(x.bits) << 16); }

BASIN_HD void store_one(float* p, float x) { *p = x; }

BASIN_HD void store_one(BFloat16* p, float x) { store(p, First{1}, Float(x)); }

// body(i, All{}) for each full vector of [0, n), then body(i, First{rest}) if a part of one is left.
template <class Body>
BASIN_HD void for_vectors(int64_t n, Body body) {
    int64_t i = 0;
    for (; i + lanes <= n; i += lanes) body(i, All{});
    if (i < n) body(i, First{n - i});
}

template <class S>
void fill(S* p, int64_t n, float value) {
    for_vectors(n, [&](int64_t i, auto span) { store(p + i, span, Float(value)); });
}

inline constexpr float infinity = std::numeric_limits<float>::infinity();
inline constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

}
