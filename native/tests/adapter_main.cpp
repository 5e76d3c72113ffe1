#include "adapter_test.h"

#include "check.h"

namespace test {
namespace {

double exact(double x) { return std::exp(x); }

uint16_t exact_bf16(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return std::isnan(x) ? static_cast<uint16_t>((bits >> 16) | 0x40u) : to_bf16(x);
}

void run() {
    // Every 61st float from the smallest exponent that gives a number to the largest: 17 million values.
    const uint32_t step = 61;
    const double below = exp_largest_error(-1e-30f, exp_lowest_exponent(), step, exact);
    const double above = exp_largest_error(1e-30f, 88.37f, step, exact);
    std::printf("exp: %.3f ulp below 0, %.3f above\n", below, above);
    check(below <= 1.0 && above <= 1.0, "exp: %.3f and %.3f ulp, promised 1", below, above);
    check(exp_of(0.0f) == 1.0f && exp_of(-0.0f) == 1.0f, "exp(0) is not 1");
    check(exp_of(-HUGE_VALF) == 0.0f && exp_of(-1000.0f) == 0.0f, "exp(-inf) is not 0");
    // Subnormals, ties, infinities and NaN are among them.
    check(bf16_mismatches(256, exact_bf16) == 0, "a bf16 is not the nearest even, or not a quiet NaN");
    check(std::isnan(exp_of(std::nanf(""))), "exp(NaN) is a number");
}

}
}

int main(int argc, char** argv) { return test::main(argc, argv, test::run); }
