#include "kernels.h"
#include "scalars.h"
#include "scalars/online.h"

namespace basin::inline BASIN_ISA {

void mirror_descent_factors(
    const double* partials, const double* variation, double* factors, int64_t learner_begin, int64_t learner_end, int64_t blocks,
    int32_t domain, double radius, int32_t adaptive, double diameter, double gradient_bound, double delta,
    double given_eta, double given_next_eta) {
    constexpr int32_t ball = 2;
    for_scalars(
        learner_begin, learner_end,
        MirrorDescentFactors{
            partials, variation, factors, blocks, domain == ball, radius, adaptive != 0, diameter,
            delta + 4.0 * gradient_bound * gradient_bound, given_eta, given_next_eta});
}

}
