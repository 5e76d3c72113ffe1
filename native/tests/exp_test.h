#pragma once

#include <cstdint>

// Largest error of the adapter's exp, in ulp of the result, on every `step`-th float of [low, high], whose signs are
// the same; its values there go through `exact`. Compiled with the flags of one instruction set.
extern "C" double exp_largest_error(float low, float high, uint32_t step, double (*exact)(double));
extern "C" float exp_lowest_exponent();
extern "C" float exp_of(float x);
