// The tests' little framework: choose the instruction set named on the command line, count failures, print the first.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <random>
#include <vector>

#include "basin/basin.h"
#include "basin/types.h"

namespace test {

inline int failures = 0;
inline int checks = 0;

template <class... Args>
void check(bool ok, const char* format, Args... args) {
    ++checks;
    if (ok || ++failures > 20) return;
    if constexpr (sizeof...(args) == 0) {
        std::fputs(format, stdout);
    } else {
        std::printf(format, args...);
    }
    std::printf("\n");
}

// Equal within an absolute tolerance, with NaN and infinities equal to themselves alone.
inline bool close(double got, double expected, double tolerance) {
    if (std::isnan(expected)) return std::isnan(got);
    if (std::isinf(expected)) return got == expected;
    return std::fabs(got - expected) <= tolerance;
}

inline float from_bf16(uint16_t bits) {
    const uint32_t wide = static_cast<uint32_t>(bits) << 16;
    float value;
    std::memcpy(&value, &wide, sizeof value);
    return value;
}

// To nearest even, for finite values.
inline uint16_t to_bf16(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    return static_cast<uint16_t>((bits + 0x7FFFu + ((bits >> 16) & 1u)) >> 16);
}

inline double from_f16(uint16_t bits) {
    const int exponent = (bits >> 10) & 0x1F, fraction = bits & 0x3FF;
    const double size = exponent == 0x1F ? (fraction == 0 ? HUGE_VAL : std::nan(""))
        : exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(1024 + fraction, exponent - 25);
    return (bits & 0x8000) != 0 ? -size : size;
}

// To nearest even: the quotient by the distance between halves, rounded by the floating-point unit.
inline uint16_t to_f16(float value) {
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof bits);
    const uint32_t sign = (bits >> 16) & 0x8000u;
    if (std::isnan(value)) return static_cast<uint16_t>(sign | 0x7E00u | ((bits >> 13) & 0x3FFu));
    const double size = std::fabs(double(value));
    const int exponent = size < 0x1p-14 ? -14 : std::ilogb(std::fmin(size, 0x1p20));
    const double steps = std::nearbyint(std::ldexp(std::fmin(size, 0x1p20), 10 - exponent));
    const uint32_t half = (uint32_t(exponent + 14) << 10) + uint32_t(steps);
    return static_cast<uint16_t>(sign | (half > 0x7C00u ? 0x7C00u : half));
}

// A tensor that is exactly as long as promised, so that the address sanitizer sees a step outside of it.
struct Buffer {
    int32_t type = BASIN_F32;
    std::vector<float> f32;
    std::vector<uint16_t> half;  // bf16 or f16

    Buffer(int32_t storage, size_t n) : type(storage) {
        is_half() ? half.resize(n) : f32.resize(n);
    }
    bool is_half() const { return type == BASIN_BF16 || type == BASIN_F16; }
    void* data() { return is_half() ? static_cast<void*>(half.data()) : static_cast<void*>(f32.data()); }
    double at(size_t i) const {
        return type == BASIN_BF16 ? double(from_bf16(half[i])) : type == BASIN_F16 ? from_f16(half[i]) : double(f32[i]);
    }
    void set(size_t i, float x) {
        if (type == BASIN_BF16) {
            half[i] = std::isnan(x) ? uint16_t{0x7FC0} : to_bf16(x);
        } else if (type == BASIN_F16) {
            half[i] = to_f16(x);
        } else {
            f32[i] = x;
        }
    }
};

inline int32_t select_isa(int argc, char** argv) {
    for (int32_t isa = 0; argc > 1 && isa < basin_isa_count(); ++isa) {
        if (std::strcmp(basin_isa_name(isa), argv[1]) == 0) return basin_isa_select(isa) == 0 ? 0 : 77;
    }
    std::printf("give the name of an instruction set\n");
    return 1;
}

template <class Run>
int main(int argc, char** argv, Run run) {
    if (const int32_t status = select_isa(argc, argv); status != 0) return status;
    run();
    std::printf("%s: %d checks, %d failures\n", argv[1], checks, failures);
    return failures == 0 ? 0 : 1;
}

}
