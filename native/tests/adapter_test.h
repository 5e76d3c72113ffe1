// What of the adapter is tested below the C ABI. Compiled with the flags of one instruction set.
#pragma once

#include <cstdint>

// Largest error of a function over the adapter's vectors, in ulp of the result, on every `step`-th float of [low, high], whose signs are
// the same; its values there go through `exact`.
extern "C" double exp_largest_error(float low, float high, uint32_t step, double (*exact)(double));
extern "C" double expm1_largest_error(float low, float high, uint32_t step, double (*exact)(double));
extern "C" double arctangent_largest_error(float low, float high, uint32_t step, double (*exact)(double));
extern "C" double hyperbolic_tangent_largest_error(float low, float high, uint32_t step, double (*exact)(double));
extern "C" float exp_lowest_exponent();
extern "C" float exp_of(float x);

// How many of every `step`-th bit patterns the adapter stores as another bf16 than `exact` says.
extern "C" uint32_t bf16_mismatches(uint32_t step, uint16_t (*exact)(float));

// The same for f16.
extern "C" uint32_t f16_mismatches(uint32_t step, uint16_t (*exact)(float));
extern "C" float f32_of_f16(uint16_t bits);
extern "C" uint16_t f16_of_f32(float value);
