#include "basin/loss.h"

#include "row_reference.h"

namespace test {
namespace {

constexpr int32_t ignore = -100;
constexpr int64_t rows = 12;

struct Case {
    int64_t classes;
    int32_t logits_type, grad_type;
    bool in_place, weighted, factor;
    RowOptions options;
    const char* what;
};

// Rows of every kind: random, a sure target, +-80, ties, -inf beside and at the target, NaN, +inf, all -inf, rising
// over chunks, ignored ones.
void set_row(int64_t row, std::vector<float>& x, int32_t& y, std::mt19937& random) {
    std::normal_distribution<float> normal(0.0f, 3.0f);
    const auto n = x.size();
    for (float& value : x) value = normal(random);
    y = int32_t(random() % n);
    const size_t other = (size_t(y) + 1) % n;
    const float top = std::numeric_limits<float>::infinity();
    switch (row) {
        case 1: x[size_t(y)] = 40.0f; break;
        case 2: for (float& value : x) value = random() % 2 == 0 ? 80.0f : -80.0f; break;
        case 3: for (float& value : x) value = 1.5f; break;
        case 4: x[other] = -top; break;
        case 5: x[size_t(y)] = -top; break;
        case 6: x[other] = std::nanf(""); break;
        case 7: x[size_t(y)] = top; break;
        case 8: for (float& value : x) value = -top; break;
        case 9: for (size_t k = 0; k < n; ++k) x[k] = k < n / 2 ? -top : -900.0f + 0.2f * float(k); break;
        case 10: y = ignore; break;
        case 11: y = ignore; x[0] = std::nanf(""); break;
        default: break;
    }
}

struct Problem {
    const Case& of;
    int64_t stride;
    Buffer logits, gradient;
    std::vector<int32_t> targets = std::vector<int32_t>(rows), argmax = std::vector<int32_t>(rows);
    std::vector<float> losses = std::vector<float>(rows), lse = std::vector<float>(rows);
    std::vector<float> row_weights = std::vector<float>(rows), class_weights;
    float factor = 0.5f;

    Problem(const Case& c, std::mt19937& random)
        : of(c), stride(c.classes + 3), logits(c.logits_type, size_t(rows * stride - 3)),
          gradient(c.grad_type, size_t(rows * stride - 3)), class_weights(size_t(c.classes)) {
        for (float& w : class_weights) w = random() % 4 == 0 ? 0.0f : float(random() % 1000) / 500.0f;
        std::vector<float> x(static_cast<size_t>(c.classes));
        for (int64_t row = 0; row < rows; ++row) {
            set_row(row, x, targets[size_t(row)], random);
            row_weights[size_t(row)] = float(row + 1) / 4.0f;
            for (size_t k = 0; k < x.size(); ++k) logits.set(size_t(row * stride) + k, x[k]);
        }
        for (int64_t i = 0; i < rows * stride - 3; ++i) {
            gradient.set(size_t(i), 7.0f);
            if (i % stride >= c.classes) logits.set(size_t(i), 7.0f);
        }
    }

    RowAnswer expected(int64_t row) const {
        std::vector<double> x, mass(size_t(of.classes), 0.0), weights;
        for (int64_t k = 0; k < of.classes; ++k) {
            x.push_back(logits.at(size_t(row * stride + k)));
            weights.push_back(of.weighted ? double(class_weights[size_t(k)]) : 1.0);
        }
        const bool ignored = targets[size_t(row)] == ignore;
        if (!ignored) mass[size_t(targets[size_t(row)])] = 1.0;
        RowOptions options = of.options;
        if (of.weighted) options.row_weight = double(row_weights[size_t(row)]);
        if (of.factor) options.grad_scale *= double(factor);
        RowAnswer answer = reference_row(x, mass, weights, options);
        if (ignored) {
            answer.loss = 0.0;
            answer.gradient.assign(x.size(), 0.0);
        }
        return answer;
    }

    void run(Buffer& in, Buffer& out, bool forward_only) {
        basin_cross_entropy_forward_backward(
            in.type, in.data(), stride, targets.data(), BASIN_F32, of.weighted ? row_weights.data() : nullptr,
            of.weighted ? class_weights.data() : nullptr, BASIN_F32, losses.data(), lse.data(), argmax.data(), out.type,
            forward_only ? nullptr : out.data(), stride, of.factor ? &factor : nullptr, 0, rows, of.classes,
            of.options.scale, of.options.smoothing, of.options.penalty, of.options.grad_scale, ignore);
    }

    void run_backward(Buffer& in, Buffer& out) {
        basin_cross_entropy_backward(
            in.type, in.data(), stride, targets.data(), BASIN_F32, of.weighted ? row_weights.data() : nullptr,
            of.weighted ? class_weights.data() : nullptr, BASIN_F32, lse.data(), out.type, out.data(), stride,
            of.factor ? &factor : nullptr, 0, rows, of.classes, of.options.scale, of.options.smoothing,
            of.options.penalty, of.options.grad_scale, ignore);
    }

    // lse_ulps: what the rounding of a saved lse may add, relative to it.
    void check_all(
        const Buffer& got, const std::vector<RowAnswer>& answers, double lse_ulps, double floor) const {
        for (int64_t row = 0; row < rows; ++row) {
            const auto r = size_t(row);
            const double rounding = std::isnan(answers[r].lse) ? 0.0 : lse_ulps * std::fabs(answers[r].lse) * 0x1p-24;
            check_row(of.what, of.classes, answers[r], double(losses[r]), double(lse[r]), argmax[r], got,
                size_t(row * stride), 5e-6 + rounding, floor);
            for (int64_t k = of.classes; k < stride && row + 1 < rows; ++k) {
                check(got.at(size_t(row * stride + k)) == 7.0, "%s: a column beyond the classes changed", of.what);
            }
        }
    }
};

void run_case(const Case& c, std::mt19937& random) {
    Problem problem(c, random);
    std::vector<RowAnswer> answers;
    for (int64_t row = 0; row < rows; ++row) answers.push_back(problem.expected(row));

    Buffer logits = problem.logits;
    Buffer backward = problem.gradient;
    problem.run(logits, problem.gradient, true);
    const std::vector<float> forward_losses = problem.losses;
    problem.run_backward(logits, backward);
    Buffer& out = c.in_place ? logits : problem.gradient;
    problem.run(logits, out, false);
    check(std::memcmp(forward_losses.data(), problem.losses.data(), rows * sizeof(float)) == 0,
        "%s: the forward pass alone gives other losses", c.what);
    // Without smoothing every entry is a product; with it, a difference that may cancel.
    problem.check_all(out, answers, 0.0, c.options.smoothing == 0.0 ? 1e-30 : 0.1);
    problem.check_all(backward, answers, 2.0, 1.0);
}

// Worked example of the catalogue, options and all.
void worked_example() {
    std::vector<float> x{1, 0, -1, 2, 0, 0.5f};
    const std::vector<int32_t> y{1, 0};
    const std::vector<float> c{1, 2, 0.5f}, w{1, 0.5f};
    std::vector<float> losses(2), lse(2);
    basin_cross_entropy_forward_backward(BASIN_F32, x.data(), 3, y.data(), BASIN_F32, w.data(), c.data(), BASIN_F32,
        losses.data(), lse.data(), nullptr, BASIN_F32, x.data(), 3, nullptr, 0, 2, 3, 2.0, 0.1, 0.01, 1.0 / 2.5, ignore);
    const double expected[] = {1.332167457, -1.309435132, 0.011554582, 0.037857215, -0.019135449, 0.013805305};
    for (size_t i = 0; i < 6; ++i) {
        check(close(double(x[i]), expected[i], 3e-7), "worked example: gradient[%zu] %.9g", i, double(x[i]));
    }
    check(close((double(losses[0]) + double(losses[1])) / 2.5, 1.757742090, 3e-7), "worked example: loss");
    check(close(double(lse[0]), 2.142931628, 5e-7) && close(double(lse[1]), 4.065883904, 5e-7), "worked example: lse");
}

// The target's gradient is minus the sum of the others, to the last bits, when p_y is 1 but for 1e-13. A device's exponential
// of x is within 2^-22 + 2^-23 |x| of it.
void sure_target() {
    const bool on_device = std::strcmp(basin_isa_name(0), "device") == 0;
    const double allowed = on_device ? 0x1p-22 + 31.0 * 0x1p-23 : 3e-7;
    std::vector<float> x{0, 30, -1}, loss(1);
    const std::vector<int32_t> y{1};
    basin_cross_entropy_forward_backward(BASIN_F32, x.data(), 3, y.data(), BASIN_F32, nullptr, nullptr, BASIN_F32,
        loss.data(), nullptr, nullptr, BASIN_F32, x.data(), 3, nullptr, 0, 1, 3, 1.0, 0.0, 0.0, 1.0, ignore);
    const double others = std::exp(-30.0) + std::exp(-31.0);
    check(close(double(x[1]) / -others, 1.0, allowed), "sure target: gradient %.9g", double(x[1]));
    check(close(double(loss[0]) / others, 1.0, allowed), "sure target: loss %.9g", double(loss[0]));
}

void run() {
    std::mt19937 random(7);
    for (const int64_t classes : row_sizes) {
        for (const int32_t logits : {BASIN_F32, BASIN_BF16}) {
            for (const int32_t gradient : {BASIN_F32, BASIN_BF16}) {
                const bool in_place = logits == gradient;
                const Case cases[] = {
                    {classes, logits, gradient, false, false, false, {}, "plain"},
                    {classes, logits, gradient, in_place, false, true, {2.0, 0.0, 0.0, 1.0, 0.25}, "scaled"},
                    {classes, logits, gradient, in_place, false, false, {1.0, 0.1, 0.0, 1.0, 1.0}, "smoothed"},
                    {classes, logits, gradient, false, true, false, {1.0, 0.0, 0.0, 1.0, 1.0}, "weighted"},
                    {classes, logits, gradient, in_place, true, true, {0.5, 0.2, 0.01, 1.0, 3.0}, "everything"},
                };
                for (const Case& c : cases) run_case(c, random);
            }
        }
    }
    worked_example();
    sure_target();
}

}
}

int main(int argc, char** argv) { return test::main(argc, argv, test::run); }
