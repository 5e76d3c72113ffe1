#include "formula/linear_margin.h"

#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

inline constexpr int64_t linear_block_rows = 64;

template <class S>
double product(const S* row, const float* theta, int64_t columns) {
    Double total{};
    for_vectors(columns, [&](int64_t i, auto span) {
        total += widen(load(row + i, span, Float(0.0f))) * widen(load(theta + i, span, Float(0.0f)));
    });
    return sum(total);
}

// total = before total + weight row, in plain loops that the compiler makes vectors of.
template <class S>
void add_row(double* total, double before, double weight, const S* row, int64_t columns) {
    if (before != 1.0) {
        for (int64_t i = 0; i < columns; ++i) total[i] *= before;
    }
    if (weight == 0.0) return;
    for (int64_t i = 0; i < columns; ++i) total[i] += weight * double(widen(row[i]));
}

void linear_partials(
    int32_t features_type, const void* features, int64_t features_stride, const int32_t* labels, int32_t, const void* theta,
    double* directions, double* sums, int64_t block_begin, int64_t block_end, int64_t rows, int64_t columns, int32_t rule) {
    with_storage(features_type, [&]<class S>(S) {
        for (int64_t block = block_begin; block < block_end; ++block) {
            double* const direction = directions + block * columns;
            for (int64_t i = 0; i < columns; ++i) direction[i] = 0.0;
            LinearSums own(rule);
            const int64_t first = block * linear_block_rows;
            const int64_t last = rows - first < linear_block_rows ? rows : first + linear_block_rows;
            for (int64_t row = first; row < last; ++row) {
                const S* const x = static_cast<const S*>(features) + row * features_stride;
                const double label = double(labels[row]);
                double before;
                const double margin = label * product(x, static_cast<const float*>(theta), columns);
                const double weight = own.add(rule, margin, row, before);
                add_row(direction, before, weight * label, x, columns);
            }
            const double all[4] = {own.loss, own.correct, own.largest, own.weights};
            for (int64_t i = 0; i < 4; ++i) sums[block * 4 + i] = all[i];
        }
    });
}

}
