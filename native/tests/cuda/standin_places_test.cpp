// A row that no block keeps gives the losses and gradients of one that a block's shared memory keeps, but for the rounding of sums
// that are taken in another order.
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <limits>
#include <random>
#include <vector>

#include "basin/cuda/kernels.h"
#include "basin/cuda/runtime.h"
#include "basin/types.h"

extern "C" void basin_standin_shared_memory(int64_t bytes);

namespace {

constexpr int64_t rows = 10;
constexpr int32_t ignore = -100;
constexpr int64_t enough = 227 * 1024, too_little = 1024;
constexpr unsigned seed = 5;
constexpr float infinity = std::numeric_limits<float>::infinity();

int failures = 0;

// Rows on which a running maximum goes astray where it is wrong: rising all the way, slowly and fast, and falling; a best entry
// that is the target, far above the others, or comes last; +-80; NaN and -inf, alone and in front.
struct Rows {
    int64_t classes;
    std::vector<float> logits;
    std::vector<int32_t> targets;

    explicit Rows(int64_t n) : classes(n), logits(size_t(rows * n)), targets(size_t(rows), int32_t(n / 3)) {
        std::mt19937 random(seed);
        std::normal_distribution<float> normal(0.0f, 3.0f);
        for (float& x : logits) x = normal(random);
        for (int64_t k = 0; k < n; ++k) {
            at(1, k) = 1e-4f * float(k);
            at(2, k) = 0.1f * float(k) - 400.0f;
            at(3, k) = -0.1f * float(k);
            at(5, k) = random() % 2 == 0 ? 80.0f : -80.0f;
            if (k < n / 2) at(7, k) = -infinity;
            at(8, k) = -infinity;
        }
        at(3, n / 3) = 70.0f;
        at(4, n - 1) = 90.0f;
        at(6, n / 2) = std::nanf("");
        targets[9] = ignore;
    }

    float& at(int64_t row, int64_t k) { return logits[size_t(row * classes + k)]; }
};

struct Answers {
    std::vector<float> losses = std::vector<float>(size_t(rows)), gradient;
    std::vector<float> lse = std::vector<float>(size_t(rows), 0.0f);
    std::vector<int32_t> argmax = std::vector<int32_t>(size_t(rows), 0);
};

using Loss = std::function<void(const Rows&, Answers&)>;

Answers answers_with(int64_t shared_bytes, const Rows& of, const Loss& loss) {
    basin_standin_shared_memory(shared_bytes);
    Answers answers;
    answers.gradient.resize(of.logits.size());
    loss(of, answers);
    if (basin_cuda_last_error() != 0) {
        ++failures;
        std::printf("the stand-in finds a mistake\n");
    }
    return answers;
}

void compare(
    const char* name, const char* what, const std::vector<float>& kept, const std::vector<float>& anew, int64_t classes, double floor) {
    for (size_t i = 0; i < kept.size(); ++i) {
        const double a = double(kept[i]), b = double(anew[i]);
        const bool same = std::isfinite(a) ? std::fabs(a - b) <= 2e-6 * (std::fabs(a) + floor) : (std::isnan(a) ? std::isnan(b) : a == b);
        if (same) continue;
        ++failures;
        std::printf(
            "%s, %lld classes, seed %u: %s %zu is %.9g kept and %.9g read anew\n", name, static_cast<long long>(classes), seed, what, i, a,
            b);
        return;
    }
}

// floor: how large an entry is whose gradient is not a product but a difference that may cancel.
void try_loss(const char* name, const Loss& loss, double floor = 1e-24) {
    for (const int64_t classes : {int64_t{1100}, int64_t{3001}, int64_t{9000}}) {
        const Rows of(classes);
        const Answers kept = answers_with(enough, of, loss), anew = answers_with(too_little, of, loss);
        compare(name, "loss", kept.losses, anew.losses, classes, 1e-24);
        compare(name, "gradient", kept.gradient, anew.gradient, classes, floor);
        compare(name, "lse", kept.lse, anew.lse, classes, 1e-24);
        if (kept.argmax != anew.argmax) {
            ++failures;
            std::printf("%s, %lld classes, seed %u: another argmax\n", name, static_cast<long long>(classes), seed);
        }
    }
}

Loss cross_entropy(double scale, double smoothing) {
    return [=](const Rows& of, Answers& to) {
        basin_cuda_cross_entropy_forward_backward(
            nullptr, BASIN_F32, of.logits.data(), of.classes, of.targets.data(), BASIN_F32, nullptr, nullptr, BASIN_F32, to.losses.data(),
            to.lse.data(), to.argmax.data(), BASIN_F32, to.gradient.data(), of.classes, nullptr, 0, rows, of.classes, scale, smoothing,
            0.0, 1.0, ignore);
    };
}

void focal_loss(const Rows& of, Answers& to) {
    basin_cuda_focal_cross_entropy_forward_backward(
        nullptr, BASIN_F32, of.logits.data(), of.classes, of.targets.data(), BASIN_F32, nullptr, nullptr, BASIN_F32, to.losses.data(),
        to.lse.data(), to.argmax.data(), BASIN_F32, to.gradient.data(), of.classes, nullptr, 0, rows, of.classes, 2.0, 1.0, ignore);
}

void comp_sum(const Rows& of, Answers& to) {
    basin_cuda_comp_sum_forward_backward(
        nullptr, BASIN_F32, of.logits.data(), of.classes, of.targets.data(), BASIN_F32, nullptr, BASIN_F32, to.losses.data(),
        to.lse.data(), to.argmax.data(), BASIN_F32, to.gradient.data(), of.classes, nullptr, 0, rows, of.classes, 1.5, 2.0, 1.0, ignore);
}

}

int main() {
    try_loss("cross_entropy", cross_entropy(1.0, 0.0));
    try_loss("cross_entropy, scaled", cross_entropy(0.01, 0.0));
    try_loss("cross_entropy, smoothed", cross_entropy(1.0, 0.1), 1e-4);
    try_loss("focal loss", focal_loss);
    try_loss("comp-sum", comp_sum);
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
