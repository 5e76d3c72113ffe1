#include "formula/compander.h"

#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

struct CompanderSums {
    double by_a, by_b;
};

template <class Formula, class S, class G>
CompanderSums compander_row_backward(const Formula& formula, const S* values, const G* upstream, G* grad_values, int64_t columns) {
    Double by_a{}, by_b{};
    for_vectors(columns, [&](int64_t i, auto span) {
        const Float zero(0.0f);
        Float grad, one_a, one_b;
        formula(load(values + i, span, zero), load(upstream + i, span, zero), grad, one_a, one_b);
        store(grad_values + i, span, grad);
        by_a += widen(one_a);
        by_b += widen(one_b);
    });
    return {sum(by_a), sum(by_b)};
}

void weight_compander_backward(
    int32_t values_type, const void* values, int32_t grad_type, const void* grad_weights, void* grad_values,
    const double* a, const double* b, double* grad_a, double* grad_b,
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t curve) {
    with_curve(curve, [&](auto of) {
        with_storage(values_type, [&]<class S>(S) {
            with_storage(grad_type, [&]<class G>(G) {
                for (int64_t row = row_begin; row < row_end; ++row) {
                    const CompanderSums sums = compander_row_backward(
                        CompanderBackward{of, float(b[row]), float(a[row] / b[row])}, static_cast<const S*>(values) + row * columns,
                        static_cast<const G*>(grad_weights) + row * columns, static_cast<G*>(grad_values) + row * columns, columns);
                    grad_a[row] = sums.by_a;
                    grad_b[row] = -sums.by_b / b[row];
                }
            });
        });
    });
}

}
