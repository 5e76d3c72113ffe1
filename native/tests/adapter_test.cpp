#include "adapter_test.h"

#include "formula/arctangent.h"
#include "formula/logistic.h"
#include "storage.h"

using namespace basin;

namespace {

// The distance between neighbouring floats at `value`, that of the smallest normal number below it.
double ulp(double value) {
    int exponent;
    const double smallest = 0x1p-126;
    ::frexp(value < smallest ? smallest : value, &exponent);
    return ::ldexp(1.0, exponent - 24);
}

template <class Function>
double largest_error(float low, float high, uint32_t step, double (*exact)(double), Function function) {
    double worst = 0.0;
    const uint32_t from = __builtin_bit_cast(uint32_t, low), to = __builtin_bit_cast(uint32_t, high);
    const uint32_t first = from < to ? from : to, last = from < to ? to : from;
    for (uint64_t bits = first; bits <= last; bits += uint64_t(step) * lanes) {
        float x[lanes], y[lanes];
        for (uint32_t i = 0; i < lanes; ++i) {
            const uint64_t lane = bits + uint64_t(i) * step;
            x[i] = __builtin_bit_cast(float, static_cast<uint32_t>(lane < last ? lane : last));
        }
        store(y, function(load(x)));
        for (int i = 0; i < lanes; ++i) {
            const double want = exact(double(x[i]));
            const double error = ::fabs(double(y[i]) - want) / ulp(want);
            if (!(error <= worst)) worst = error;
        }
    }
    return worst;
}

}

extern "C" double exp_largest_error(float low, float high, uint32_t step, double (*exact)(double)) {
    return largest_error(low, high, step, exact, [](Float x) { return exp(x); });
}

// Of 1 - e^x, which is positive.
extern "C" double expm1_largest_error(float low, float high, uint32_t step, double (*exact)(double)) {
    return largest_error(low, high, step, exact, [](Float x) { return -expm1_of_negative(x); });
}

extern "C" double arctangent_largest_error(float low, float high, uint32_t step, double (*exact)(double)) {
    return largest_error(low, high, step, exact, [](Float x) { return arctangent(x); });
}

extern "C" double hyperbolic_tangent_largest_error(float low, float high, uint32_t step, double (*exact)(double)) {
    return largest_error(low, high, step, exact, [](Float x) { return hyperbolic_tangent(x); });
}

extern "C" float exp_lowest_exponent() { return lowest_exponent; }

extern "C" float exp_of(float x) {
    float y[lanes];
    store(y, exp(Float(x)));
    return y[0];
}

extern "C" uint32_t bf16_mismatches(uint32_t step, uint16_t (*exact)(float)) {
    uint32_t mismatches = 0;
    for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += uint64_t(step) * lanes) {
        float x[lanes];
        BFloat16 y[lanes];
        for (uint32_t i = 0; i < lanes; ++i) x[i] = __builtin_bit_cast(float, static_cast<uint32_t>(bits + i * step));
        store(y, load(x));
        for (int i = 0; i < lanes; ++i) mismatches += y[i].bits == exact(x[i]) ? 0 : 1;
    }
    return mismatches;
}

extern "C" uint32_t f16_mismatches(uint32_t step, uint16_t (*exact)(float)) {
    uint32_t mismatches = 0;
    for (uint64_t bits = 0; bits < (uint64_t(1) << 32); bits += uint64_t(step) * lanes) {
        float x[lanes];
        Float16 y[lanes];
        for (uint32_t i = 0; i < lanes; ++i) x[i] = __builtin_bit_cast(float, static_cast<uint32_t>(bits + i * step));
        store(y, load(x));
        for (int i = 0; i < lanes; ++i) mismatches += y[i].bits == exact(x[i]) ? 0 : 1;
    }
    return mismatches;
}

extern "C" float f32_of_f16(uint16_t bits) {
    Float16 x[lanes];
    float y[lanes];
    for (int i = 0; i < lanes; ++i) x[i].bits = bits;
    store(y, load(x));
    return y[lanes - 1];
}

extern "C" uint16_t f16_of_f32(float value) {
    Float16 x[lanes];
    store(x, Float(value));
    return x[lanes - 1].bits;
}
