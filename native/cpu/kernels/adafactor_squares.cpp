#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

constexpr int64_t block_elements = 65536;
constexpr int64_t tile_columns = 1024;

struct Squares {
    double* row_partials;
    double* column_partials;
    int64_t matrices, rows, columns, tiles, row_blocks;

    int64_t block_rows() const {
        return block_elements / (columns < tile_columns ? columns : tile_columns);
    }

    // In f64, where no square of an f32 overflows.
    template <class S>
    void sum_block(const S* gradients, int64_t block) const {
        const int64_t tile = block % tiles;
        const int64_t row_block = block / tiles % row_blocks;
        const int64_t matrix = block / tiles / row_blocks;
        const int64_t column = tile * tile_columns;
        if (matrix >= matrices || column >= columns) return;
        const int64_t width = columns - column < tile_columns ? columns - column : tile_columns;
        const int64_t begin = row_block * block_rows();
        const int64_t end = begin + block_rows() < rows ? begin + block_rows() : rows;
        Double sums[tile_columns / lanes] = {};
        for (int64_t row = begin; row < end; ++row) {
            const int64_t at = matrix * rows + row;
            Double total{};
            for_vectors(width, [&](int64_t i, auto span) {
                const Double wide = widen(load(gradients + at * columns + column + i, span, Float(0.0f)));
                total += wide * wide;
                sums[i / lanes] += wide * wide;
            });
            row_partials[at * tiles + tile] = sum(total);
        }
        double* const target = column_partials + (matrix * row_blocks + row_block) * columns + column;
        __builtin_memcpy(target, sums, size_t(width) * sizeof(double));
    }
};

void adafactor_squares(
    int32_t gradients_type, const void* gradients, double* row_partials, double* column_partials,
    int64_t block_begin, int64_t block_end,
    int64_t matrices, int64_t rows, int64_t columns, int64_t tiles, int64_t row_blocks) {
    const Squares squares{row_partials, column_partials, matrices, rows, columns, tiles, row_blocks};
    with_storage(gradients_type, [&]<class G>(G) {
        for (int64_t block = block_begin; block < block_end; ++block) {
            squares.sum_block(static_cast<const G*>(gradients), block);
        }
    });
}

}
