#include "elementwise.h"
#include "formula/adafactor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

// Calls body with the number of each row and the column factors of its matrix.
template <class Body>
BASIN_HD void for_rows(
    int64_t begin, int64_t end, int64_t columns, int64_t matrices, int64_t matrix_rows, const void* column_factors,
    Body body) {
    for (int64_t row = begin; row < end && row / matrix_rows < matrices; ++row) {
        body(row, static_cast<const float*>(column_factors) + row / matrix_rows * columns);
    }
}

void adafactor_matrix_norm(
    int32_t gradients_type, const void* gradients,
    int32_t, const void* row_factors, const void* column_factors, double* partials,
    int64_t row_begin, int64_t row_end, int64_t columns, int64_t matrices, int64_t matrix_rows) {
    for (int64_t row = row_begin; row < row_end; ++row) partials[row] = 0.0;
    with_storage(gradients_type, [&]<class G>(G) {
        for_rows(row_begin, row_end, columns, matrices, matrix_rows, column_factors, [&](int64_t row, const float* factors) {
            const G* const g = static_cast<const G*>(gradients) + row * columns;
            const Float row_factor(static_cast<const float*>(row_factors)[row]);
            Double total{};
            for_vectors(columns, [&](int64_t i, auto span) {
                const Float u = load(g + i, span, Float(0.0f)) * row_factor * load(factors + i, span, Float(0.0f));
                const Double wide = widen(u);
                total += wide * wide;
            });
            partials[row] = sum(total);
        });
    });
}

void adafactor_matrix_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t, const void* row_factors, const void* column_factors, void* momentum, const double* rates,
    int64_t row_begin, int64_t row_end, int64_t columns, int64_t matrices, int64_t matrix_rows,
    double learning_rate, double beta1, double weight_decay) {
    const AdafactorMatrixStep formula{{learning_rate, beta1, weight_decay, rates}};
    with_weights(weights_type, weights, master, [&](auto w) {
        with_storage(gradients_type, [&]<class G>(G) {
            for_rows(row_begin, row_end, columns, matrices, matrix_rows, column_factors, [&](int64_t row, const float* factors) {
                const int64_t at = row * columns;
                const ReadScaled g{static_cast<const G*>(gradients) + at, static_cast<const float*>(row_factors)[row]};
                if (momentum == nullptr) {
                    elementwise(0, columns, formula, w.from(at), g, Read{factors});
                } else {
                    elementwise(0, columns, formula, w.from(at), g, Read{factors},
                        ReadWrite{static_cast<float*>(momentum) + at});
                }
            });
        });
    });
}

}
