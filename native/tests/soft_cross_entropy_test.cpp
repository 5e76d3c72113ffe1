#include "basin/loss.h"

#include "row_reference.h"

namespace test {
namespace {

constexpr int64_t rows = 7;

void set_logits(int64_t row, std::vector<float>& x, std::mt19937& random) {
    std::normal_distribution<float> normal(0.0f, 3.0f);
    for (float& value : x) value = normal(random);
    const float top = std::numeric_limits<float>::infinity();
    switch (row) {
        case 1: for (float& value : x) value = random() % 2 == 0 ? 80.0f : -80.0f; break;
        case 2: x[random() % x.size()] = -top; break;
        case 3: x[random() % x.size()] = std::nanf(""); break;
        case 4: for (float& value : x) value = -top; break;
        default: break;
    }
}

struct Types {
    int32_t logits, targets, gradient;
};

void run_case(int64_t classes, const Types& types, const RowOptions& options, const char* what, std::mt19937& random) {
    const auto n = static_cast<size_t>(classes);
    const size_t stride = n + 1, target_stride = n + 2, size = rows * stride - 1;
    Buffer logits(types.logits, size), q(types.targets, rows * target_stride - 2), gradient(types.gradient, size);
    Buffer backward(types.gradient, size);
    std::vector<RowAnswer> answers;
    std::vector<float> x(n), losses(rows), lse(rows);
    std::vector<int32_t> argmax(rows);
    for (size_t row = 0; row < rows; ++row) {
        set_logits(int64_t(row), x, random);
        std::vector<double> z, mass;
        for (size_t k = 0; k < n; ++k) {
            logits.set(row * stride + k, x[k]);
            q.set(row * target_stride + k, random() % 3 == 0 ? 0.0f : float(random() % 1000) / 500.0f);
            z.push_back(logits.at(row * stride + k));
            mass.push_back(q.at(row * target_stride + k));
        }
        answers.push_back(reference_row(z, mass, std::vector<double>(n, 1.0), options));
    }
    basin_soft_cross_entropy_forward_backward(
        types.logits, logits.data(), int64_t(stride), types.targets, q.data(), int64_t(target_stride), BASIN_F32,
        nullptr, BASIN_F32, losses.data(), lse.data(), argmax.data(), types.gradient, gradient.data(), int64_t(stride),
        nullptr, 0, rows, classes, options.scale, options.smoothing, options.penalty, options.grad_scale);
    basin_soft_cross_entropy_backward(
        types.logits, logits.data(), int64_t(stride), types.targets, q.data(), int64_t(target_stride), BASIN_F32,
        nullptr, BASIN_F32, lse.data(), types.gradient, backward.data(), int64_t(stride), nullptr, 0, rows, classes,
        options.scale, options.smoothing, options.penalty, options.grad_scale);
    for (size_t row = 0; row < rows; ++row) {
        check_row(what, classes, answers[row], double(losses[row]), double(lse[row]), argmax[row], gradient,
            row * stride, 2e-6, 1e-30);
        check_row(what, classes, answers[row], double(losses[row]), double(lse[row]), argmax[row], backward,
            row * stride, 1e-5, 1.0);
    }
}

void run() {
    std::mt19937 random(11);
    for (const int64_t classes : row_sizes) {
        for (const Types& types : {Types{BASIN_F32, BASIN_F32, BASIN_F32}, Types{BASIN_BF16, BASIN_F32, BASIN_BF16},
                                   Types{BASIN_F32, BASIN_BF16, BASIN_BF16}, Types{BASIN_BF16, BASIN_BF16, BASIN_F32}}) {
            run_case(classes, types, {}, "soft", random);
            run_case(classes, types, {2.0, 0.1, 0.01, 1.0, 0.5}, "soft with everything", random);
        }
    }
}

}
}

int main(int argc, char** argv) { return test::main(argc, argv, test::run); }
