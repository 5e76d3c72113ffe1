// A barrier that is left out of a kernel must show, by what the stand-in says or by a result: for every driver that has any.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

#include "basin/cuda/kernels.h"
#include "basin/cuda/runtime.h"
#include "basin/cuda/table.h"
#include "basin/types.h"

extern "C" {
void basin_standin_seed(int64_t seed);
void basin_standin_skip_barrier(int32_t number);
void basin_standin_shared_memory(int64_t bytes);
}

namespace {

std::vector<float> normal(size_t n) {
    std::mt19937 random(3);
    std::normal_distribution<float> distribution;
    std::vector<float> x(n);
    for (float& value : x) value = distribution(random);
    return x;
}

using Result = std::vector<float>;

Result cross_entropy(int64_t rows, int64_t classes) {
    Result logits = normal(size_t(rows * classes));
    std::vector<int32_t> targets(size_t(rows), 1);
    std::vector<float> losses(size_t(rows), 0.0f);
    basin_cuda_cross_entropy_forward_backward(
        nullptr, BASIN_F32, logits.data(), classes, targets.data(), BASIN_F32, nullptr, nullptr, BASIN_F32, losses.data(),
        nullptr, nullptr, BASIN_F32, logits.data(), classes, nullptr, 0, rows, classes, 1.0, 0.1, 0.0, 1.0, -100);
    logits.insert(logits.end(), losses.begin(), losses.end());
    return logits;
}

Result layer_norm(int64_t rows, int64_t width) {
    const std::vector<float> x = normal(size_t(rows * width));
    Result y(x.size());
    std::vector<float> mean(size_t(rows), 0.0f), rstd = mean;
    basin_cuda_layer_norm_forward(
        nullptr, BASIN_F32, x.data(), width, BASIN_F32, nullptr, 0, nullptr, 0, BASIN_F32, nullptr, nullptr, y.data(), width,
        BASIN_F32, mean.data(), rstd.data(), 0, rows, width, 1e-5);
    return y;
}

Result layer_norm_gradient(int64_t rows, int64_t width) {
    const std::vector<float> x = normal(size_t(rows * width));
    Result gradient(x.size()), partials(size_t(width), 0.0f);
    const std::vector<float> mean(size_t(rows), 0.1f), rstd(size_t(rows), 0.9f);
    basin_cuda_layer_norm_backward(
        nullptr, BASIN_F32, x.data(), width, BASIN_F32, nullptr, 0, x.data(), width, BASIN_F32, mean.data(), rstd.data(),
        BASIN_F32, nullptr, gradient.data(), width, BASIN_F32, partials.data(), nullptr, 0, 1, rows, width);
    gradient.insert(gradient.end(), partials.begin(), partials.end());
    return gradient;
}

Result squared_norm() {
    const std::vector<float> x = normal(5000);
    double sum = 0.0;
    basin_cuda_squared_norm(nullptr, BASIN_F32, x.data(), &sum, 0, 1, int64_t(x.size()));
    return {float(sum)};
}

Result squared_norm_of_table() {
    const std::vector<float> x = normal(5000);
    double sums[2] = {};
    const auto at = reinterpret_cast<int64_t>(x.data());
    const int64_t table[] = {0, 1, 5000, 3000, 0, 1, BASIN_F32, BASIN_F32, at, at};
    basin_cuda_squared_norm_many(nullptr, table, 2, 2, sums);
    return {float(sums[0]), float(sums[1])};
}

Result sum_row_blocks() {
    const std::vector<float> partials = normal(40 * 9);
    Result sums(9);
    basin_cuda_sum_row_blocks(nullptr, BASIN_F32, partials.data(), 9, BASIN_F32, sums.data(), 0, 9, 40, 0);
    return sums;
}

Result expand() {
    const std::vector<float> z = normal(700);
    Result x(701);
    basin_cuda_expand_zero_mean(nullptr, BASIN_F32, z.data(), 700, x.data(), 701, 0, 1, 700);
    return x;
}

Result z_loss(int64_t classes) {
    Result logits = normal(size_t(classes));
    const int32_t target = 1;
    float loss = 0.0f;
    basin_cuda_z_loss_forward_backward(
        nullptr, BASIN_F32, logits.data(), classes, &target, BASIN_F32, nullptr, BASIN_F32, &loss, BASIN_F32, logits.data(), classes, nullptr,
        0, 1, classes, 1.0, 0.0, 1e-12, 1.0, -100);
    logits.push_back(loss);
    return logits;
}

bool shows(const std::function<Result()>& run, const Result& expected) {
    for (int64_t seed = 1; seed <= 20; ++seed) {
        basin_standin_seed(seed);
        const Result got = run();
        if (basin_cuda_last_error() != 0 || std::memcmp(got.data(), expected.data(), got.size() * sizeof(float)) != 0) return true;
    }
    return false;
}

int failures = 0;

// The first barrier of a block's first combination guards a room that nobody has used yet: where that is so, first is 1.
void try_driver(const char* name, int first, int barriers, const std::function<Result()>& run) {
    basin_standin_skip_barrier(-1);
    const Result expected = run();
    if (basin_cuda_last_error() != 0 || shows(run, expected)) {
        ++failures;
        std::printf("%s: it fails as it is\n", name);
    }
    for (int barrier = first; barrier < barriers; ++barrier) {
        basin_standin_skip_barrier(barrier);
        if (!shows(run, expected)) {
            ++failures;
            std::printf("%s: nothing shows that barrier %d is missing\n", name, barrier);
        }
    }
    basin_standin_skip_barrier(-1);
}

}

int main() {
    try_driver("rows of a warp", 0, 2, [] { return cross_entropy(9, 100); });
    try_driver("rows of a block", 1, 12, [] { return cross_entropy(1, 3000); });
    basin_standin_shared_memory(1024);
    try_driver("rows read anew", 1, 12, [] { return cross_entropy(1, 3000); });
    basin_standin_shared_memory(227 * 1024);
    try_driver("norms of a block", 1, 4, [] { return layer_norm(1, 3000); });
    try_driver("gradients of norms by warps", 0, 8, [] { return layer_norm_gradient(32, 200); });
    try_driver("gradients of norms by blocks", 1, 4, [] { return layer_norm_gradient(2, 1500); });
    try_driver("sums of blocks", 1, 2, [] { return squared_norm(); });
    try_driver("sums of blocks of a table", 1, 2, [] { return squared_norm_of_table(); });
    try_driver("sums of columns", 0, 1, [] { return sum_row_blocks(); });
    try_driver("rows in several passes", 1, 4, [] { return z_loss(3000); });
    try_driver("maps of rows", 1, 2, [] { return expand(); });
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
