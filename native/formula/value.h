// What a formula may use of its value type T: + - * / and comparisons, and the functions here. T is a SIMD vector on
// the CPU (cpu/simd.h has the same functions) and a float on the device; scalars of a row are T = double on both.
#pragma once

#include <math.h>

#if defined(__CUDACC__)
#define BASIN_HD __host__ __device__ __forceinline__
#else
#define BASIN_HD inline __attribute__((always_inline))
#endif

// For passes over a row, which the device's threads make together.
#if defined(__CUDACC__)
#define BASIN_PASS __device__ __forceinline__
#else
#define BASIN_PASS BASIN_HD
#endif

// The namespace of the code in which a formula is compiled: one for each instruction set, so that the linker never
// takes one's copy for another's.
#if !defined(BASIN_ISA)
#define BASIN_ISA scalar
#endif

namespace basin::inline BASIN_ISA {

BASIN_HD double exp(double x) { return ::exp(x); }
BASIN_HD double expm1(double x) { return ::expm1(x); }
BASIN_HD double pow(double x, double y) { return ::pow(x, y); }

BASIN_HD float exp(float x) { return ::expf(x); }
BASIN_HD float log(float x) { return ::logf(x); }
BASIN_HD float sqrt(float x) { return ::sqrtf(x); }

// a*b + c, rounded once where the instruction set can.
BASIN_HD float fma(float a, float b, float c) { return ::fmaf(a, b, c); }

// The second argument where one is NaN.
BASIN_HD float min(float a, float b) { return a < b ? a : b; }
BASIN_HD float max(float a, float b) { return a > b ? a : b; }

BASIN_HD float select(bool condition, float yes, float no) { return condition ? yes : no; }

// NaN stays NaN: min and max take their second argument then.
template <class T>
BASIN_HD T clamped(const T& x, const T& lowest, const T& highest) { return min(highest, max(lowest, x)); }

// The weighted term of a sum whose zero weights stand for absent terms, even where the term is infinite.
template <class T>
BASIN_HD T weighted(T weight, T term) {
    return weight == T(0) ? T(0) : weight * term;
}

}
