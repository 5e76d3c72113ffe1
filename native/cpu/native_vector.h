// The widest f32 vector of the instruction set, and the operations on it that GCC's vector extensions cannot
// express well. Another architecture starts with the last branch of each and improves on it.
#pragma once

#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

#if defined(__AVX512F__)
inline constexpr int vector_bytes = 64;
#elif defined(__AVX__)
inline constexpr int vector_bytes = 32;
#else
inline constexpr int vector_bytes = 16;
#endif
inline constexpr int lanes = vector_bytes / 4;

using F32 = float __attribute__((vector_size(vector_bytes)));
using F64 = double __attribute__((vector_size(vector_bytes)));
using I32 = int32_t __attribute__((vector_size(vector_bytes)));
using U32 = uint32_t __attribute__((vector_size(vector_bytes)));
using U16 = uint16_t __attribute__((vector_size(vector_bytes / 2)));

// Where one is NaN: the second argument, as MAXPS does.
BASIN_HD F32 native_max(F32 a, F32 b) {
#if defined(__AVX512F__)
    return _mm512_max_ps(a, b);
#elif defined(__AVX__)
    return _mm256_max_ps(a, b);
#elif defined(__SSE__)
    return _mm_max_ps(a, b);
#else
    return a > b ? a : b;
#endif
}

BASIN_HD F32 native_min(F32 a, F32 b) {
#if defined(__AVX512F__)
    return _mm512_min_ps(a, b);
#elif defined(__AVX__)
    return _mm256_min_ps(a, b);
#elif defined(__SSE__)
    return _mm_min_ps(a, b);
#else
    return a < b ? a : b;
#endif
}

BASIN_HD F32 native_fma(F32 a, F32 b, F32 c) {
#if defined(__AVX512F__)
    return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX__) && defined(__FMA__)
    return _mm256_fmadd_ps(a, b, c);
#else
    return a * b + c;
#endif
}

BASIN_HD F32 native_sqrt(F32 a) {
#if defined(__AVX512F__)
    return _mm512_sqrt_ps(a);
#elif defined(__AVX__)
    return _mm256_sqrt_ps(a);
#elif defined(__SSE__)
    return _mm_sqrt_ps(a);
#else
    for (int i = 0; i < lanes; ++i) a[i] = __builtin_sqrtf(a[i]);
    return a;
#endif
}

// The lower and the upper half of the lanes as f64, and back.
BASIN_HD F64 native_widen_low(F32 a) {
#if defined(__AVX512F__)
    return _mm512_cvtps_pd(_mm512_castps512_ps256(a));
#elif defined(__AVX__)
    return _mm256_cvtps_pd(_mm256_castps256_ps128(a));
#elif defined(__SSE__)
    return _mm_cvtps_pd(a);
#else
    return F64{double(a[0]), double(a[1])};
#endif
}

BASIN_HD F64 native_widen_high(F32 a) {
#if defined(__AVX512F__)
    return _mm512_cvtps_pd(_mm256_castpd_ps(_mm512_extractf64x4_pd(_mm512_castps_pd(a), 1)));
#elif defined(__AVX__)
    return _mm256_cvtps_pd(_mm256_extractf128_ps(a, 1));
#elif defined(__SSE__)
    return _mm_cvtps_pd(_mm_movehl_ps(a, a));
#else
    return F64{double(a[2]), double(a[3])};
#endif
}

BASIN_HD F32 native_narrow(F64 low, F64 high) {
#if defined(__AVX512F__)
    const __m512d lower = _mm512_castps_pd(_mm512_castps256_ps512(_mm512_cvtpd_ps(low)));
    return _mm512_castpd_ps(_mm512_insertf64x4(lower, _mm256_castps_pd(_mm512_cvtpd_ps(high)), 1));
#elif defined(__AVX__)
    return _mm256_insertf128_ps(_mm256_castps128_ps256(_mm256_cvtpd_ps(low)), _mm256_cvtpd_ps(high), 1);
#elif defined(__SSE__)
    return _mm_movelh_ps(_mm_cvtpd_ps(low), _mm_cvtpd_ps(high));
#else
    return F32{float(low[0]), float(low[1]), float(high[0]), float(high[1])};
#endif
}

// Between 16 and 32 bits; values to narrow fit in 16. GCC 12 makes several instructions of a __builtin_convertvector
// where one or two do it. Half of the smallest vector goes through the low half of a whole one.
BASIN_HD U32 native_widen(U16 a) {
#if defined(__AVX512F__)
    return reinterpret_cast<U32>(_mm512_cvtepu16_epi32(reinterpret_cast<__m256i>(a)));
#elif defined(__AVX2__)
    return reinterpret_cast<U32>(_mm256_cvtepu16_epi32(reinterpret_cast<__m128i>(a)));
#elif defined(__SSE4_1__)
    return reinterpret_cast<U32>(_mm_cvtepu16_epi32(_mm_cvtsi64_si128(reinterpret_cast<int64_t>(a))));
#else
    return __builtin_convertvector(a, U32);
#endif
}

BASIN_HD U16 native_narrow(U32 a) {
#if defined(__AVX512F__)
    return reinterpret_cast<U16>(_mm512_cvtepi32_epi16(reinterpret_cast<__m512i>(a)));
#elif defined(__AVX2__)
    const __m256i wide = reinterpret_cast<__m256i>(a);
    return reinterpret_cast<U16>(_mm_packus_epi32(_mm256_castsi256_si128(wide), _mm256_extracti128_si256(wide, 1)));
#elif defined(__SSE4_1__)
    const __m128i wide = reinterpret_cast<__m128i>(a);
    return reinterpret_cast<U16>(_mm_cvtsi128_si64(_mm_packus_epi32(wide, wide)));
#else
    return __builtin_convertvector(a, U16);
#endif
}

// Between IEEE half and single precision, to nearest, ties to even; a NaN stays one, made quiet.
#if defined(__AVX512F__)
BASIN_HD F32 native_widen_f16(U16 a) { return _mm512_cvtph_ps(reinterpret_cast<__m256i>(a)); }
BASIN_HD U16 native_narrow_f16(F32 a) {
    return reinterpret_cast<U16>(_mm512_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC));
}
#elif defined(__F16C__) && defined(__AVX__)
BASIN_HD F32 native_widen_f16(U16 a) { return _mm256_cvtph_ps(reinterpret_cast<__m128i>(a)); }
BASIN_HD U16 native_narrow_f16(F32 a) {
    return reinterpret_cast<U16>(_mm256_cvtps_ph(a, _MM_FROUND_TO_NEAREST_INT));
}
#else
// The bits of a half, moved to where a single has them, are its value times 2^-112; subnormals included.
BASIN_HD F32 native_widen_f16(U16 a) {
    const U32 bits = native_widen(a);
    const U32 moved = (bits & 0x7FFFu) << 13;
    const U32 finite = reinterpret_cast<U32>(reinterpret_cast<F32>(moved) * 0x1p112f);
    const U32 quiet = reinterpret_cast<U32>(moved > 0x0F800000u) & 0x00400000u;
    const U32 magnitude = moved >= 0x0F800000u ? moved | 0x7F800000u | quiet : finite;
    return reinterpret_cast<F32>(magnitude | (bits & 0x8000u) << 16);
}

// Below the smallest normal half, 2^-14, adding 1/2 rounds to multiples of 2^-24, the subnormals, and leaves their
// number in the low bits of the sum.
BASIN_HD U16 native_narrow_f16(F32 a) {
    const U32 bits = reinterpret_cast<U32>(a);
    const U32 size = bits & 0x7FFFFFFFu;
    const U32 normal = ((size + 0xFFFu + ((size >> 13) & 1u)) >> 13) - 0x1C000u;
    const U32 subnormal = reinterpret_cast<U32>(reinterpret_cast<F32>(size) + 0.5f) - 0x3F000000u;
    const U32 number = size < 0x38800000u ? subnormal : normal;
    const U32 finite = size < 0x477FF000u ? number : 0x7C00u;
    const U32 nan = ((size >> 13) & 0x3FFu) | 0x7E00u;
    return native_narrow((size > 0x7F800000u ? nan : finite) | ((bits >> 16) & 0x8000u));
}
#endif

// x rounded to an integer n, and p * 2^n, for |x| < 2^22: the two halves of an exponential.
#if defined(__AVX512F__)
struct Exponent {
    F32 value;
    explicit BASIN_HD Exponent(F32 x) : value(_mm512_roundscale_ps(x, _MM_FROUND_TO_NEAREST_INT)) {}
    BASIN_HD F32 scale(F32 p) const { return _mm512_scalef_ps(p, value); }
};
#else
struct Exponent {
    F32 value;
    U32 shifted;
    // Adding 1.5 * 2^23 leaves n in the low bits of the sum; a shift by 23 keeps those alone. Not for a result below
    // the smallest normal number or above the largest.
    explicit BASIN_HD Exponent(F32 x) {
        const F32 sum = x + 12582912.0f;
        value = sum - 12582912.0f;
        shifted = reinterpret_cast<U32>(sum) << 23;
    }
    BASIN_HD F32 scale(F32 p) const { return reinterpret_cast<F32>(reinterpret_cast<U32>(p) + shifted); }
};
#endif

// Past the caches where p lies as that needs, as usual where it does not.
BASIN_HD void store_around(float* p, F32 a) {
    if (reinterpret_cast<uintptr_t>(p) % vector_bytes != 0) {
        __builtin_memcpy(p, &a, sizeof a);
        return;
    }
#if defined(__AVX512F__)
    _mm512_stream_ps(p, a);
#elif defined(__AVX__)
    _mm256_stream_ps(p, a);
#elif defined(__SSE__)
    _mm_stream_ps(p, a);
#else
    __builtin_memcpy(p, &a, sizeof a);
#endif
}

// Stores past the caches are seen by other threads only after this.
BASIN_HD void finish_stores_around() {
#if defined(__SSE__)
    _mm_sfence();
#endif
}

// Bit by bit, the lanes of a vector that are chosen. compress moves them to the front, and leaves anything after them; expand moves
// as many from the front of a to where they were, beside the others of b.
#if defined(__AVX512F__)
BASIN_HD F32 native_compress(F32 a, uint32_t chosen) { return _mm512_maskz_compress_ps(__mmask16(chosen), a); }
BASIN_HD F32 native_expand(F32 a, uint32_t chosen, F32 b) { return _mm512_mask_expand_ps(b, __mmask16(chosen), a); }
#else
struct LaneOrders {
    static constexpr uint32_t choices = 1u << lanes;
    uint64_t compressed[choices] = {}, expanded[choices] = {};  // a byte a lane: where it comes from

    constexpr LaneOrders() {
        for (uint32_t chosen = 0; chosen < choices; ++chosen) {
            uint32_t count = 0;
            for (uint32_t lane = 0; lane < uint32_t(lanes); ++lane) {
                if ((chosen >> lane & 1u) == 0) continue;
                compressed[chosen] |= uint64_t{lane} << (8 * count);
                expanded[chosen] |= uint64_t{count} << (8 * lane);
                ++count;
            }
        }
    }
};
inline constexpr LaneOrders lane_orders;

BASIN_HD F32 native_permute(F32 a, uint64_t order) {
#if defined(__AVX2__)
    return _mm256_permutevar8x32_ps(a, _mm256_cvtepu8_epi32(_mm_cvtsi64_si128(int64_t(order))));
#elif defined(__SSE4_1__)
    const U32 lane = reinterpret_cast<U32>(_mm_cvtepu8_epi32(_mm_cvtsi64_si128(int64_t(order))));
    const U32 bytes = lane * 0x04040404u + 0x03020100u;
    return reinterpret_cast<F32>(_mm_shuffle_epi8(reinterpret_cast<__m128i>(a), reinterpret_cast<__m128i>(bytes)));
#else
    F32 moved;
    for (int lane = 0; lane < lanes; ++lane) moved[lane] = a[order >> (8 * lane) & 7];
    return moved;
#endif
}

BASIN_HD F32 native_compress(F32 a, uint32_t chosen) { return native_permute(a, lane_orders.compressed[chosen]); }

BASIN_HD F32 native_expand(F32 a, uint32_t chosen, F32 b) {
    U32 bit;
    for (int lane = 0; lane < lanes; ++lane) bit[lane] = 1u << lane;
    return (bit & chosen) != 0 ? native_permute(a, lane_orders.expanded[chosen]) : b;
}
#endif

// Lets the compiler believe that the vector is used.
BASIN_HD void keep(F32 a) {
#if defined(__SSE__)
    __asm__ volatile("" : : "x"(a));
#else
    __asm__ volatile("" : : "m"(a));
#endif
}

}
