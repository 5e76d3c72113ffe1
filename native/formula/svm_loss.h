// The one-against-the-rest margin loss of GRU-SVM (Agarap, arXiv 1709.03082), t = 1 for the target, -1 for every other class:
//   loss = C sum_k max(0, 1 - t_k o_k)^power;   d loss / d o_k = -power C t_k max(0, 1 - t_k o_k)^(power - 1), 0 at the hinge
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

struct SvmLoss {
    double cost;
    bool squared;

    // A NaN or an infinity makes the row's loss NaN.
    template <class Row>
    BASIN_PASS double operator()(const Row& row, int64_t target, double factor, int64_t) const {
        const bool square = squared;
        const double own = double(row.at(target));
        const double others = row.sum_but(target, [=](auto o) {
            using T = decltype(o);
            const T zero = constant<T>(0.0);
            const T violation = max(constant<T>(1.0) + o, zero);
            return select(o < constant<T>(HUGE_VAL), square ? violation * violation : violation, constant<T>(NAN));
        });
        const double violation = 1.0 - own > 0.0 ? 1.0 - own : own - own;
        const double total = others + (square ? violation * violation : violation);
        const bool number = total == total && total < HUGE_VAL;
        if (row.wants_gradient()) {
            const double by = number ? factor * cost : NAN;
            const double at_target = square ? -2.0 * by * violation : violation > 0.0 ? -by : 0.0 * by;
            row.write(target, at_target, -1, 0.0, [=](auto o) {
                using T = decltype(o);
                const T beyond = constant<T>(1.0) + o;
                const T pull = square ? constant<T>(2.0 * by) * beyond : constant<T>(by);
                return select(beyond > constant<T>(0.0), pull, constant<T>(0.0 * by));
            });
        }
        return number ? cost * total : NAN;
    }
};

}
