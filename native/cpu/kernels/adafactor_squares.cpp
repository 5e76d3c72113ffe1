#include "blocks.h"
#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

constexpr int64_t columns_of_squares = 1024;

struct Squares {
    double* row_partials;
    double* column_partials;
    int64_t matrices, rows, columns, tiles, tile_columns, row_blocks;

    // In f64, where no square of an f32 overflows.
    template <class S>
    void sum_block(const S* gradients, int64_t block) const {
        double* const sums = column_partials + block * tile_columns;
        for (int64_t i = 0; i < tile_columns; ++i) sums[i] = 0.0;
        const int64_t tile = block % tiles;
        const int64_t matrix = block / tiles / row_blocks;
        const int64_t column = tile * tile_columns;
        if (matrix >= matrices || column >= columns) return;
        const int64_t block_rows = tile_columns < block_elements ? block_elements / tile_columns : 1;
        const int64_t begin = block / tiles % row_blocks * block_rows;
        const int64_t end = begin + block_rows < rows ? begin + block_rows : rows;
        const int64_t width = columns - column < tile_columns ? columns - column : tile_columns;
        for (int64_t row = matrix * rows + begin; row < matrix * rows + end; ++row) {
            row_partials[row * tiles + tile] = 0.0;
        }
        for (int64_t i = 0; i < width; i += columns_of_squares) {
            const int64_t part = width - i < columns_of_squares ? width - i : columns_of_squares;
            sum_part(gradients + column + i, part, matrix * rows + begin, matrix * rows + end, tile, sums + i);
        }
    }

    template <class S>
    void sum_part(const S* gradients, int64_t width, int64_t begin, int64_t end, int64_t tile, double* target) const {
        Double sums[columns_of_squares / lanes] = {};
        for (int64_t row = begin; row < end; ++row) {
            Double total{};
            for_vectors(width, [&](int64_t i, auto span) {
                const Double wide = widen(load(gradients + row * columns + i, span, Float(0.0f)));
                total += wide * wide;
                sums[i / lanes] += wide * wide;
            });
            row_partials[row * tiles + tile] += sum(total);
        }
        __builtin_memcpy(target, sums, size_t(width) * sizeof(double));
    }
};

void adafactor_squares(
    int32_t gradients_type, const void* gradients, double* row_partials, double* column_partials,
    int64_t block_begin, int64_t block_end,
    int64_t matrices, int64_t rows, int64_t columns, int64_t tiles, int64_t tile_columns, int64_t row_blocks) {
    const Squares squares{row_partials, column_partials, matrices, rows, columns, tiles, tile_columns, row_blocks};
    with_storage(gradients_type, [&]<class G>(G) {
        for (int64_t block = block_begin; block < block_end; ++block) {
            squares.sum_block(static_cast<const G*>(gradients), block);
        }
    });
}

}
