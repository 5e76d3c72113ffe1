#include <limits>

#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

constexpr int64_t columns_of_factors = 64;

// Zero times an infinite factor would be NaN. NaN stays.
static float saturated_factor(double factor) {
    constexpr double most = double(std::numeric_limits<float>::max());
    return float(factor > most ? most : factor);
}

struct Averages {
    double keep, take, scale, floor;
    int64_t rows, columns, tiles, tile_columns, row_blocks;

    double moved(float moment, double squares, int64_t count) const {
        return keep * double(moment) + take * (scale * scale * squares / double(count) + floor);
    }

    void row_factors(const double* partials, float* moments, float* factors) const {
        double total = 0.0;
        for (int64_t row = 0; row < rows; ++row) {
            double squares = 0.0;
            for (int64_t tile = 0; tile < tiles; ++tile) squares += partials[row * tiles + tile];
            const double moment = moved(moments[row], squares, columns);
            moments[row] = float(moment);
            total += moment;
        }
        const double mean = total / double(rows);
        for (int64_t row = 0; row < rows; ++row) {
            factors[row] = saturated_factor(scale * ::sqrt(mean / double(moments[row])));
        }
    }

    void column_factors(const double* partials, float* moments, float* factors) const {
        int64_t width = 0;
        for (int64_t begin = 0; begin < columns; begin += width) {
            const int64_t tile = begin / tile_columns;
            const int64_t offset = begin % tile_columns;
            width = columns - begin < columns_of_factors ? columns - begin : columns_of_factors;
            width = tile_columns - offset < width ? tile_columns - offset : width;
            double squares[columns_of_factors] = {};
            for (int64_t block = 0; block < row_blocks && tile < tiles; ++block) {
                const double* const sums = partials + (block * tiles + tile) * tile_columns + offset;
                for (int64_t i = 0; i < width; ++i) squares[i] += sums[i];
            }
            for (int64_t i = 0; i < width; ++i) {
                const double moment = moved(moments[begin + i], squares[i], rows);
                moments[begin + i] = float(moment);
                factors[begin + i] = saturated_factor(1.0 / ::sqrt(moment));
            }
        }
    }
};

void adafactor_factors(
    int32_t, void* row_moments, void* column_moments, const double* row_partials, const double* column_partials,
    void* row_factors, void* column_factors, const float* grad_factor,
    int64_t matrix_begin, int64_t matrix_end,
    int64_t rows, int64_t columns, int64_t tiles, int64_t tile_columns, int64_t row_blocks,
    double decay, double epsilon1, double grad_scale) {
    const Averages averages{
        decay, 1.0 - decay, folded(grad_scale, grad_factor), epsilon1, rows, columns, tiles, tile_columns, row_blocks};
    for (int64_t matrix = matrix_begin; matrix < matrix_end; ++matrix) {
        averages.row_factors(
            row_partials + matrix * rows * tiles, static_cast<float*>(row_moments) + matrix * rows,
            static_cast<float*>(row_factors) + matrix * rows);
        averages.column_factors(
            column_partials + matrix * row_blocks * tiles * tile_columns, static_cast<float*>(column_moments) + matrix * columns,
            static_cast<float*>(column_factors) + matrix * columns);
    }
}

}
