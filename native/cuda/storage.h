// Tensors in the device's memory: loads widen to f32, stores round once, to nearest even. A thread takes a group of neighbours
// at a time; whether that is one access of 16 bytes or several changes no result.
#pragma once

#include <cstring>

#include "basin/types.h"
#include "device.h"

namespace basin::inline BASIN_ISA {

struct BFloat16 {
    uint16_t bits;
};

struct Float16 {
    uint16_t bits;
};

template <class To, class From>
BASIN_HD To bits_as(From from) {
    static_assert(sizeof(To) == sizeof(From));
    To to;
    memcpy(&to, &from, sizeof to);
    return to;
}

BASIN_HD float widen(float x) { return x; }
BASIN_HD float widen(BFloat16 x) { return bits_as<float>(uint32_t(x.bits) << 16); }

// The bits of a half, moved to where a single has them, are its value times 2^-112; subnormals included.
BASIN_HD float widen(Float16 x) {
    const uint32_t moved = (x.bits & 0x7FFFu) << 13;
    const uint32_t finite = bits_as<uint32_t>(bits_as<float>(moved) * 0x1p112f);
    const uint32_t quiet = moved > 0x0F800000u ? 0x00400000u : 0u;
    const uint32_t magnitude = moved >= 0x0F800000u ? moved | 0x7F800000u | quiet : finite;
    return bits_as<float>(magnitude | (x.bits & 0x8000u) << 16);
}

BASIN_HD void round_to(float x, float& stored) { stored = x; }

// The device's own conversion gives one NaN for all.
BASIN_HD void round_to(float x, BFloat16& stored) {
#if defined(__CUDA_ARCH__)
    asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(stored.bits) : "f"(x));
#else
    const uint32_t bits = bits_as<uint32_t>(x);
    const uint32_t rounded = (bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16;
    stored.bits = uint16_t(x == x ? rounded : (bits >> 16) | 0x40u);
#endif
}

BASIN_HD uint32_t packed_bf16(float low, float high) {
#if defined(__CUDA_ARCH__)
    uint32_t word;
    asm("cvt.rn.bf16x2.f32 %0, %1, %2;" : "=r"(word) : "f"(high), "f"(low));
    return word;
#else
    BFloat16 first, second;
    round_to(low, first);
    round_to(high, second);
    return first.bits | uint32_t(second.bits) << 16;
#endif
}

// Below the smallest normal half, 2^-14, adding 1/2 rounds to multiples of 2^-24, the subnormals, and leaves their
// number in the low bits of the sum.
BASIN_HD void round_to(float x, Float16& stored) {
    const uint32_t bits = bits_as<uint32_t>(x);
    const uint32_t size = bits & 0x7FFFFFFFu;
    const uint32_t normal = ((size + 0xFFFu + ((size >> 13) & 1u)) >> 13) - 0x1C000u;
    const uint32_t subnormal = bits_as<uint32_t>(bits_as<float>(size) + 0.5f) - 0x3F000000u;
    const uint32_t number = size < 0x38800000u ? subnormal : normal;
    const uint32_t finite = size < 0x477FF000u ? number : 0x7C00u;
    const uint32_t nan = ((size >> 13) & 0x3FFu) | 0x7E00u;
    stored.bits = uint16_t((size > 0x7F800000u ? nan : finite) | ((bits >> 16) & 0x8000u));
}

template <class S>
inline constexpr int group_of = 16 / int(sizeof(S));

// Elements [first, first + count) of which those from 0 on and below `end` are there; the others are `padding`.
template <int count, class S>
__device__ void load_group(const S* p, int64_t first, int64_t end, float padding, float (&values)[count]) {
    constexpr int at_once = count < group_of<S> ? count : group_of<S>;
    if (first >= 0 && first + count <= end && reinterpret_cast<uintptr_t>(p + first) % (at_once * sizeof(S)) == 0) {
        struct alignas(at_once * sizeof(S)) Piece {
            S data[at_once];
        };
#pragma unroll
        for (int k = 0; k < count; k += at_once) {
            const Piece piece = *reinterpret_cast<const Piece*>(p + first + k);
#pragma unroll
            for (int i = 0; i < at_once; ++i) values[k + i] = widen(piece.data[i]);
        }
    } else {
#pragma unroll
        for (int k = 0; k < count; ++k) values[k] = first + k >= 0 && first + k < end ? widen(p[first + k]) : padding;
    }
}

// Words that lie at a multiple of their size travel as one access; the compiler does that with its own vectors alone.
template <int words>
__device__ void store_words(void* to, const uint32_t (&data)[words]) {
    static_assert(words == 1 || words == 2 || words == 4);
    if constexpr (words == 4) {
        *static_cast<uint4*>(to) = uint4{data[0], data[1], data[2], data[3]};
    } else if constexpr (words == 2) {
        *static_cast<uint2*>(to) = uint2{data[0], data[1]};
    } else {
        *static_cast<uint32_t*>(to) = data[0];
    }
}

// The entries that make the next four bytes.
__device__ inline uint32_t packed_word(float, const float* x) { return bits_as<uint32_t>(*x); }
__device__ inline uint32_t packed_word(BFloat16, const float* x) { return packed_bf16(x[0], x[1]); }
__device__ inline uint32_t packed_word(Float16, const float* x) {
    Float16 first, second;
    round_to(x[0], first);
    round_to(x[1], second);
    return first.bits | uint32_t(second.bits) << 16;
}

template <int count, class S>
__device__ void store_group(S* p, int64_t first, int64_t end, const float (&values)[count]) {
    constexpr int at_once = count < group_of<S> ? count : group_of<S>;
    if (first >= 0 && first + count <= end && reinterpret_cast<uintptr_t>(p + first) % (at_once * sizeof(S)) == 0) {
        constexpr int words = at_once * int(sizeof(S)) / 4;
#pragma unroll
        for (int k = 0; k < count; k += at_once) {
            uint32_t data[words];
#pragma unroll
            for (int i = 0; i < words; ++i) data[i] = packed_word(S{}, &values[k + i * at_once / words]);
            store_words(p + first + k, data);
        }
    } else {
#pragma unroll
        for (int k = 0; k < count; ++k) {
            if (first + k >= 0 && first + k < end) round_to(values[k], p[first + k]);
        }
    }
}

// Calls body with a value of the type that stores `type`, on the host.
template <class Body>
void with_storage(int32_t type, Body body) {
    if (type == BASIN_BF16) {
        body(BFloat16{});
    } else {
        body(float{});
    }
}

template <class Body>
void with_any_storage(int32_t type, Body body) {
    if (type == BASIN_F16) {
        body(Float16{});
    } else {
        with_storage(type, body);
    }
}

// A scalar of the call times one that lies in the device's memory, where null stands for 1.
BASIN_HD double folded(double scale, const float* factor) {
    return factor == nullptr ? scale : scale * double(*factor);
}

}
