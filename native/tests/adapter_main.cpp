#include "adapter_test.h"

#include "check.h"

namespace test {
namespace {

// The largest error over every float is 1.0128 ulp, where multiplication and addition round together.
const double promised = 1.02;

double exact(double x) { return std::exp(x); }

uint16_t exact_bf16(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return std::isnan(x) ? static_cast<uint16_t>((bits >> 16) | 0x40u) : to_bf16(x);
}

// Every half is loaded as what it stands for, and every float at and around the middle of two halves is stored as the
// nearest, the even one at a tie.
void halves() {
    for (uint32_t bits = 0; bits < 0x10000; ++bits) {
        const uint16_t half = static_cast<uint16_t>(bits);
        const double value = from_f16(half);
        const float loaded = f32_of_f16(half);
        check(std::isnan(value) ? std::isnan(loaded) : double(loaded) == value && std::signbit(loaded) == (bits > 0x7FFF),
            "half %04x is loaded as %g", bits, double(loaded));
        check(f16_of_f32(loaded) == (std::isnan(value) ? bits | 0x200u : bits), "half %04x comes back as %04x", bits,
            unsigned{f16_of_f32(loaded)});
        if (std::isnan(value) || std::isinf(value)) continue;
        const double next = (bits & 0x7FFFu) == 0x7BFFu ? std::copysign(65536.0, value) : from_f16(static_cast<uint16_t>(bits + 1));
        const float middle = static_cast<float>((value + next) / 2.0);
        for (const float x : {std::nextafterf(middle, 0.0f), middle, std::nextafterf(middle, 2.0f * middle)}) {
            const uint16_t expected = double(x) == double(middle) ? static_cast<uint16_t>(bits + (bits & 1u))
                : static_cast<uint16_t>(std::fabs(x) < std::fabs(middle) ? bits : bits + 1);
            check(f16_of_f32(x) == expected, "%.9g is stored as half %04x, not %04x", double(x), unsigned{f16_of_f32(x)},
                unsigned{expected});
        }
    }
    check(f16_mismatches(61, to_f16) == 0, "a half is not the nearest even, or not a quiet NaN");
}

// From the smallest exponent that gives a number to the largest, every `step`-th float: there are 2.2 thousand million.
void run(uint32_t step) {
    const double below = exp_largest_error(-0.0f, exp_lowest_exponent(), step, exact);
    const double above = exp_largest_error(0.0f, 88.37f, step, exact);
    std::printf("exp: %.4f ulp below 0, %.4f above\n", below, above);
    check(below <= promised && above <= promised, "exp: %.4f and %.4f ulp, promised %.2f", below, above, promised);
    const double less_one = expm1_largest_error(-0.0f, exp_lowest_exponent(), step, [](double x) { return -std::expm1(x); });
    std::printf("expm1: %.4f ulp\n", less_one);
    check(less_one <= 1.2, "expm1: %.4f ulp, promised 1.2", less_one);
    const double angle = arctangent_largest_error(0.0f, 3e38f, step, [](double x) { return std::atan(x); });
    check(angle <= 2.3, "atan: %.4f ulp, promised 2.3", angle);
    const double tangent = hyperbolic_tangent_largest_error(0.0f, 3e38f, step, [](double x) { return std::tanh(x); });
    check(tangent <= 3.0, "tanh: %.4f ulp, promised 3", tangent);
    std::printf("atan: %.4f ulp, tanh: %.4f\n", angle, tangent);
    check(exp_of(0.0f) == 1.0f && exp_of(-0.0f) == 1.0f, "exp(0) is not 1");
    check(exp_of(-HUGE_VALF) == 0.0f && exp_of(-1000.0f) == 0.0f, "exp(-inf) is not 0");
    // Subnormals, ties, infinities and NaN are among them.
    check(bf16_mismatches(256, exact_bf16) == 0, "a bf16 is not the nearest even, or not a quiet NaN");
    check(std::isnan(exp_of(std::nanf(""))), "exp(NaN) is a number");
    halves();
}

}
}

// adapter_test_<isa> <isa> [every]: with `every` no float of the domain is left out.
int main(int argc, char** argv) {
    const bool every = argc > 2 && std::strcmp(argv[2], "every") == 0;
    return test::main(argc, argv, [every] { test::run(every ? 1 : 61); });
}
