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

struct Float16 {
    uint16_t bits;
};

struct All {};
struct First {
    int64_t count;
};

// x, or the padding beyond the end.
BASIN_HD Float padded(Float x, All, Float) { return x; }
BASIN_HD Float padded(Float x, First first, Float padding) {
    return select(lane_numbers() < Float(float(first.count)), x, padding);
}

BASIN_HD Float load(const float* p) {
    F32 v;
    __builtin_memcpy(&v, p, sizeof v);
    return v;
}

BASIN_HD void store(float* p, Float x) { __builtin_memcpy(p, &x.v, sizeof x.v); }

// What the bits of a vector of halves mean.
BASIN_HD F32 widened(BFloat16, U16 bits) { return reinterpret_cast<F32>(native_widen(bits) << 16); }
BASIN_HD F32 widened(Float16, U16 bits) { return native_widen_f16(bits); }

BASIN_HD Float load(const BFloat16* p) {
    U16 half;
    __builtin_memcpy(&half, p, sizeof half);
    return widened(BFloat16{}, half);
}

// To nearest, ties to even; NaN stays NaN, made quiet.
BASIN_HD U16 rounded_to_bf16(F32 x) {
    const U32 bits = reinterpret_cast<U32>(x);
    const U32 rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    const U32 quiet = (bits >> 16) | 0x40u;
    return native_narrow(x == x ? rounded : quiet);
}

BASIN_HD U16 to_bf16(Float x) {
#if defined(__AVX512BF16__)
    // VCVTNEPS2BF16 gives the same bits but for subnormals, which it flushes to zero.
    constexpr int subnormal = 0x20;
    if (__builtin_expect(_mm512_fpclass_ps_mask(x.v, subnormal) == 0, 1)) {
        return reinterpret_cast<U16>(_mm512_cvtneps_pbh(x.v));
    }
#endif
    return rounded_to_bf16(x.v);
}

BASIN_HD void store(BFloat16* p, Float x) {
    const U16 half = to_bf16(x);
    __builtin_memcpy(p, &half, sizeof half);
}

BASIN_HD Float load(const Float16* p) {
    U16 half;
    __builtin_memcpy(&half, p, sizeof half);
    return widened(Float16{}, half);
}

BASIN_HD void store(Float16* p, Float x) {
    const U16 half = native_narrow_f16(x.v);
    __builtin_memcpy(p, &half, sizeof half);
}

template <class S>
BASIN_HD Float load(const S* p, All, Float) {
    return load(p);
}

// Part of a vector is read in pieces that registers put together: put together in memory, it would stall the load of the
// whole.
BASIN_HD uint64_t first_bytes(const unsigned char* p, int64_t n) {
    uint64_t word = 0;
    if (n >= 8) {
        __builtin_memcpy(&word, p, 8);
    } else if (n >= 4) {
        uint32_t low, high;  // they overlap
        __builtin_memcpy(&low, p, 4);
        __builtin_memcpy(&high, p + n - 4, 4);
        word = low | uint64_t{high} << (8 * (n - 4));
    } else if (n >= 2) {
        uint16_t low;
        __builtin_memcpy(&low, p, 2);
        word = low;
    }
    return word;
}

typedef uint64_t Words __attribute__((vector_size(16)));

template <class S>
BASIN_HD Float load_first(const S* p, First first) {
    static_assert(sizeof(S) * lanes <= 16);
    const auto* const bytes = reinterpret_cast<const unsigned char*>(p);
    const int64_t n = first.count * int64_t{sizeof(S)};
    const Words words = {first_bytes(bytes, n), n > 8 ? first_bytes(bytes + 8, n - 8) : 0};
    std::conditional_t<sizeof(S) == 4, F32, U16> entries;
    __builtin_memcpy(&entries, &words, sizeof(S) * lanes);
    if constexpr (sizeof(S) == 4) {
        return entries;
    } else {
        return widened(S{}, entries);
    }
}

#if defined(__AVX512F__)
BASIN_HD __mmask16 mask_of(First first) { return static_cast<__mmask16>((1u << first.count) - 1u); }

BASIN_HD Float load(const float* p, First first, Float padding) {
    return Float(F32(_mm512_mask_loadu_ps(padding.v, mask_of(first), p)));
}

template <class S>
BASIN_HD Float load(const S* p, First first, Float padding) {
    const U16 half = reinterpret_cast<U16>(_mm256_maskz_loadu_epi16(mask_of(first), p));
    return padded(widened(S{}, half), first, padding);
}
#else
#if defined(__AVX__)
BASIN_HD Float load_first(const float* p, First first) {
    const I32 inside = (lane_numbers() < Float(float(first.count))).bits;
    return Float(F32(_mm256_maskload_ps(p, reinterpret_cast<__m256i>(inside))));
}
#endif

template <class S>
BASIN_HD Float load(const S* p, First first, Float padding) {
    return padded(load_first(p, first), first, padding);
}
#endif

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
BASIN_HD void store(float* p, First first, Float x) { _mm512_mask_storeu_ps(p, mask_of(first), x.v); }

BASIN_HD void store(BFloat16* p, First first, Float x) {
    _mm256_mask_storeu_epi16(p, mask_of(first), reinterpret_cast<__m256i>(to_bf16(x)));
}
#endif

BASIN_HD float widen(float x) { return x; }

BASIN_HD float widen(BFloat16 x) { return __builtin_bit_cast(float, static_cast<uint32_t>(x.bits) << 16); }

BASIN_HD float widen(Float16 x) { return load(&x, First{1}, Float(0.0f)).v[0]; }

BASIN_HD void store_one(float* p, float x) { *p = x; }

BASIN_HD void store_one(BFloat16* p, float x) { p->bits = to_bf16(Float(x))[0]; }

BASIN_HD void store_one(Float16* p, float x) { store(p, First{1}, Float(x)); }

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

// Calls body with a value of the C++ type that stores `type`.
template <class Body>
void with_storage(int32_t type, Body body) {
    if (type == BASIN_BF16) {
        body(BFloat16{});
    } else {
        body(float{});
    }
}

// The same for a tensor that may be stored as f16 too.
template <class Body>
void with_any_storage(int32_t type, Body body) {
    if (type == BASIN_F16) {
        body(Float16{});
    } else {
        with_storage(type, body);
    }
}

inline constexpr float infinity = std::numeric_limits<float>::infinity();
inline constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

}
