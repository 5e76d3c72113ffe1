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

// From the smallest exponent that gives a number to the largest, every `step`-th float: there are 2.2 thousand million.
void run(uint32_t step) {
    const double below = exp_largest_error(-0.0f, exp_lowest_exponent(), step, exact);
    const double above = exp_largest_error(0.0f, 88.37f, step, exact);
    std::printf("exp: %.4f ulp below 0, %.4f above\n", below, above);
    check(below <= promised && above <= promised, "exp: %.4f and %.4f ulp, promised %.2f", below, above, promised);
    check(exp_of(0.0f) == 1.0f && exp_of(-0.0f) == 1.0f, "exp(0) is not 1");
    check(exp_of(-HUGE_VALF) == 0.0f && exp_of(-1000.0f) == 0.0f, "exp(-inf) is not 0");
    // Subnormals, ties, infinities and NaN are among them.
    check(bf16_mismatches(256, exact_bf16) == 0, "a bf16 is not the nearest even, or not a quiet NaN");
    check(std::isnan(exp_of(std::nanf(""))), "exp(NaN) is a number");
}

}
}

// adapter_test_<isa> <isa> [every]: with `every` no float of the domain is left out.
int main(int argc, char** argv) {
    const bool every = argc > 2 && std::strcmp(argv[2], "every") == 0;
    return test::main(argc, argv, [every] { test::run(every ? 1 : 61); });
}
