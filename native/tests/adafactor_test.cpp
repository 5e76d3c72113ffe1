// Adafactor's kernels against double: two matrices and a vector, over any split of their ranges.
#include "basin/optimizer.h"

#include "check.h"

namespace test {
namespace {

const std::vector<double>& rates() {
    static const std::vector<double> values{0.5, 2.0};
    return values;
}
constexpr float factor = 0.5f;

std::vector<float> random_values(size_t n, std::mt19937& random) {
    std::normal_distribution<float> normal;
    std::vector<float> values(n);
    for (float& value : values) value = normal(random);
    return values;
}

double moved(double w, double u, double& m) {
    m = 0.9 * m + 0.1 * 1e-2 * rates()[0] * u;
    return w - 0.1 * 1e-2 * rates()[1] * w - m;
}

// The range in pieces, as threads take it.
template <class Call>
void in_pieces(int64_t end, std::mt19937& random, Call call) {
    for (int64_t begin = 0; begin < end;) {
        const int64_t next = std::min(end, begin + 1 + int64_t(random() % 5));
        call(begin, next);
        begin = next;
    }
}

void near(const char* what, size_t rows, size_t columns, size_t i, double got, double expected) {
    check(close(got, expected, 2e-6 * (1.0 + std::fabs(expected))), "%s of %zu x %zu: [%zu] is %.9g, expected %.9g", what,
        rows, columns, i, got, expected);
}

void matrices(size_t rows, size_t columns, std::mt19937& random) {
    constexpr size_t count = 2;
    const size_t n = count * rows * columns;
    const int64_t tile_columns = int64_t(std::min<size_t>(columns, 1024));
    const int64_t tiles = (int64_t(columns) + tile_columns - 1) / tile_columns;
    const int64_t block_rows = 65536 / tile_columns;
    const int64_t row_blocks = (int64_t(rows) + block_rows - 1) / block_rows;
    const std::vector<float> g = random_values(n, random);
    std::vector<float> w = random_values(n, random), m = random_values(n, random);
    const std::vector<float> w_before = w, m_before = m;
    std::vector<float> row(count * rows, 0.5f), column(count * columns, 0.25f), row_factors(row.size()), column_factors(column.size());
    std::vector<double> row_partials(row.size() * size_t(tiles)), norms(row.size());
    const int64_t R = int64_t(rows), C = int64_t(columns), blocks = int64_t(count) * row_blocks * tiles;
    std::vector<double> column_partials(size_t(blocks * tile_columns));

    in_pieces(blocks, random, [&](int64_t begin, int64_t end) {
        basin_adafactor_squares(BASIN_F32, g.data(), row_partials.data(), column_partials.data(), begin, end, count, R, C, tiles,
            tile_columns, row_blocks);
    });
    in_pieces(count, random, [&](int64_t begin, int64_t end) {
        basin_adafactor_factors(BASIN_F32, row.data(), column.data(), row_partials.data(), column_partials.data(),
            row_factors.data(), column_factors.data(), &factor, begin, end, R, C, tiles, tile_columns, row_blocks, 0.25, 1e-30, 4.0);
    });
    in_pieces(int64_t(row.size()), random, [&](int64_t begin, int64_t end) {
        basin_adafactor_matrix_norm(BASIN_F32, g.data(), BASIN_F32, row_factors.data(), column_factors.data(), norms.data(),
            begin, end, C, count, R);
        basin_adafactor_matrix_step(BASIN_F32, w.data(), nullptr, BASIN_F32, g.data(), BASIN_F32, row_factors.data(),
            column_factors.data(), m.data(), rates().data(), begin, end, C, count, R, 1e-2, 0.9, 0.1);
    });

    for (size_t k = 0; k < count; ++k) {
        std::vector<double> rows_moved(rows, 0.25 * 0.5), columns_moved(columns, 0.25 * 0.25);
        for (size_t i = 0; i < rows * columns; ++i) {
            const double scaled = 2.0 * double(g[k * rows * columns + i]);
            rows_moved[i / columns] += 0.75 * scaled * scaled / double(columns);
            columns_moved[i % columns] += 0.75 * scaled * scaled / double(rows);
        }
        double mean = 0.0;
        for (size_t i = 0; i < rows; ++i) mean += rows_moved[i] / double(rows);
        for (size_t i = 0; i < rows; ++i) {
            double norm = 0.0;
            near("row", rows, columns, i, double(row[k * rows + i]), rows_moved[i]);
            for (size_t j = 0; j < columns; ++j) {
                const size_t at = (k * rows + i) * columns + j;
                const double u = 2.0 * double(g[at]) * std::sqrt(mean / rows_moved[i]) / std::sqrt(columns_moved[j]);
                double momentum = double(m_before[at]);
                norm += u * u;
                near("w", rows, columns, at, double(w[at]), moved(double(w_before[at]), u, momentum));
                near("m", rows, columns, at, double(m[at]), momentum);
            }
            near("norm", rows, columns, i, norms[k * rows + i], norm);
        }
        for (size_t j = 0; j < columns; ++j) near("column", rows, columns, j, double(column[k * columns + j]), columns_moved[j]);
    }
}

void vector(size_t n, std::mt19937& random) {
    const std::vector<float> g = random_values(n, random);
    std::vector<float> w = random_values(n, random), m = random_values(n, random), v(n, 0.5f);
    const std::vector<float> w_before = w, m_before = m;
    std::vector<double> partials((n + 65535) / 65536);
    in_pieces(int64_t(partials.size()), random, [&](int64_t begin, int64_t end) {
        basin_adafactor_vector_moments(BASIN_F32, g.data(), BASIN_F32, v.data(), partials.data(), &factor, begin, end,
            int64_t(n), 0.25, 1e-30, 4.0);
    });
    in_pieces(int64_t(n), random, [&](int64_t begin, int64_t end) {
        basin_adafactor_vector_step(BASIN_F32, w.data(), nullptr, BASIN_F32, g.data(), BASIN_F32, v.data(), m.data(), rates().data(),
            &factor, begin, end, 1e-2, 0.9, 0.1, 4.0);
    });
    double norm = 0.0, got = 0.0;
    for (size_t i = 0; i < n; ++i) {
        const double scaled = 2.0 * double(g[i]);
        const double moment = 0.25 * 0.5 + 0.75 * scaled * scaled;
        const double u = scaled / std::sqrt(moment);
        double momentum = double(m_before[i]);
        norm += u * u;
        near("v", 1, n, i, double(v[i]), moment);
        near("w", 1, n, i, double(w[i]), moved(double(w_before[i]), u, momentum));
    }
    for (const double partial : partials) got += partial;
    near("norm", 1, n, 0, got, norm);
}

void run() {
    std::mt19937 random(7);
    for (const size_t rows : {1u, 2u, 17u, 130u}) {
        for (const size_t columns : {1u, 7u, 16u, 33u, 1025u}) matrices(rows, columns, random);
    }
    for (const size_t n : {1u, 15u, 16u, 17u, 1000u, 65537u}) vector(n, random);
}

}
}

int main(int argc, char** argv) { return test::main(argc, argv, test::run); }
