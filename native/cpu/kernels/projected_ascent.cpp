#include "formula/distributed.h"

#include "elementwise.h"
#include "kernels.h"
#include "squares.h"

namespace basin::inline BASIN_ISA {

template <class S>
void ascend_in_ball(S* x, const S* gradient, const S* origin, int64_t n, double step, double rho, float low, float high) {
    const double norm = ::sqrt(sum_of_squares(gradient, n));
    elementwise(0, n, BallMove{float(step), float(norm)}, ReadWrite{x}, Read{gradient});
    const double distance = ::sqrt(sum_of_squared_differences<S>(x, origin, n));
    const double share = distance > rho ? rho / distance : 1.0;
    elementwise(0, n, BallReturn{float(share), low, high}, ReadWrite{x}, Read{origin});
}

void projected_ascent(
    int32_t values_type, void* values, const void* gradients, const void* origins,
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t norm, double step, double rho, double low, double high) {
    const BoxAscent box{float(step), float(rho), float(low), float(high)};
    with_storage(values_type, [&]<class S>(S) {
        S* const x = static_cast<S*>(values);
        const S* const gradient = static_cast<const S*>(gradients);
        const S* const origin = static_cast<const S*>(origins);
        if (norm == 0) {
            return elementwise(row_begin * columns, row_end * columns, box, ReadWrite{x}, Read{gradient}, Read{origin});
        }
        for (int64_t row = row_begin; row < row_end; ++row) {
            const int64_t at = row * columns;
            ascend_in_ball(x + at, gradient + at, origin + at, columns, step, rho, float(low), float(high));
        }
    });
}

}
