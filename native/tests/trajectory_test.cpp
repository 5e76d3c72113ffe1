// The kernels of basin/trajectory.h against the definitions there, in double, with tensors exactly as long as promised.
#include "basin/trajectory.h"

#include <algorithm>

#include "check.h"

namespace test {
namespace {

struct Answer {
    double cross_entropy, divergence;
    std::vector<double> gradient;
};

std::vector<double> log_softmax(const std::vector<double>& x, double tau) {
    const double top = *std::max_element(x.begin(), x.end());
    double total = 0.0;
    for (const double v : x) total += std::exp((v - top) / tau);
    std::vector<double> logs(x.size());
    for (size_t k = 0; k < x.size(); ++k) logs[k] = (x[k] - top) / tau - std::log(total);
    return logs;
}

Answer reference_row(
    const std::vector<double>& z, const std::vector<double>& q, size_t target, double lambda, double tau, double smoothing) {
    const std::vector<double> plain = log_softmax(z, 1.0), r = log_softmax(z, tau), p = log_softmax(q, tau);
    Answer answer{0.0, 0.0, std::vector<double>(z.size())};
    for (size_t k = 0; k < z.size(); ++k) {
        const double t = (k == target ? 1.0 - smoothing : 0.0) + smoothing / double(z.size());
        answer.cross_entropy -= t * plain[k];
        answer.divergence += tau * tau * std::exp(p[k]) * (p[k] - r[k]);
        answer.gradient[k] = std::exp(plain[k]) - t + lambda * tau * (std::exp(r[k]) - std::exp(p[k]));
    }
    return answer;
}

// Rows that read the past of other examples, some of them the same, the gradient over the logits where the types allow.
void loss(int32_t logits_type, int32_t past_type, size_t classes, double tau, double smoothing, std::mt19937& random) {
    const size_t rows = 5, examples = 7, stride = classes + 3;
    const double lambda = 0.3;
    std::normal_distribution<float> normal(0.0f, 3.0f);
    Buffer logits(logits_type, (rows - 1) * stride + classes), past(past_type, (examples - 1) * stride + classes);
    for (size_t i = 0; i < (rows - 1) * stride + classes; ++i) logits.set(i, normal(random));
    for (size_t i = 0; i < (examples - 1) * stride + classes; ++i) past.set(i, normal(random));
    std::vector<int32_t> targets(rows), indices{6, 0, 3, 3, 2};
    for (int32_t& target : targets) target = int32_t(random() % classes);
    std::vector<Answer> expected;
    for (size_t row = 0; row < rows; ++row) {
        std::vector<double> z(classes), q(classes);
        for (size_t k = 0; k < classes; ++k) z[k] = logits.at(row * stride + k);
        for (size_t k = 0; k < classes; ++k) q[k] = past.at(size_t(indices[row]) * stride + k);
        expected.push_back(reference_row(z, q, size_t(targets[row]), lambda, tau, smoothing));
    }
    std::vector<float> losses(rows), cross_entropies(rows), divergences(rows);
    basin_saf_loss_forward_backward(logits_type, logits.data(), int64_t(stride), past_type, past.data(), int64_t(stride),
        indices.data(), targets.data(), BASIN_F32, nullptr, BASIN_F32, losses.data(), cross_entropies.data(),
        divergences.data(), logits_type, logits.data(), int64_t(stride), nullptr, 0, int64_t(rows), int64_t(classes),
        int64_t(examples), lambda, tau, smoothing, 1.0, -100);
    const double rounding = logits_type == BASIN_BF16 ? 1.0 / 256.0 : 0.0;
    for (size_t row = 0; row < rows; ++row) {
        const Answer& want = expected[row];
        check(close(cross_entropies[row], want.cross_entropy, 1e-5 * (1e-4 + want.cross_entropy)) &&
                close(divergences[row], want.divergence, 1e-5 * (1e-4 + want.divergence)) &&
                close(losses[row], want.cross_entropy + lambda * want.divergence, 1e-5 * (1.0 + want.divergence)),
            "classes %zu tau %g: %.9g and %.9g, expected %.9g and %.9g", classes, tau, double(cross_entropies[row]),
            double(divergences[row]), want.cross_entropy, want.divergence);
        // An entry is a difference from the target's share, which is rounded, as is what it is taken from.
        const double cancelled = 0x1p-22 * smoothing / double(classes);
        double size = 1e-4;
        for (const double g : want.gradient) size = std::max(size, std::fabs(g));
        for (size_t k = 0; k < classes; ++k) {
            const double got = logits.at(row * stride + k), g = want.gradient[k];
            check(close(got, g, 1e-5 * size + cancelled + rounding * std::fabs(g)), "classes %zu tau %g: gradient %.9g, expected %.9g",
                classes, tau, got, g);
        }
    }
}

// Example 3 has two rows, of which the second stays, in whatever pieces the classes come; example 1 is left alone.
void ring(int32_t logits_type, int32_t slot_type, size_t classes, std::mt19937& random) {
    const size_t rows = 3, examples = 4;
    const std::vector<int32_t> indices{3, 0, 3};
    std::normal_distribution<float> normal(0.0f, 100.0f);
    Buffer logits(logits_type, rows * classes), slot(slot_type, examples * classes);
    for (size_t i = 0; i < rows * classes; ++i) logits.set(i, normal(random));
    for (size_t i = 0; i < examples * classes; ++i) slot.set(i, 7.0f);
    for (size_t begin = 0; begin < classes;) {
        const size_t end = std::min(classes, begin + 1 + random() % 40);
        basin_logit_ring_write(logits_type, logits.data(), int64_t(classes), indices.data(), slot_type, slot.data(),
            int64_t(classes), int64_t(begin), int64_t(end), int64_t(rows), int64_t(examples));
        begin = end;
    }
    Buffer stored(slot_type, 1);
    for (size_t k = 0; k < classes; ++k) {
        for (const size_t row : {size_t{1}, size_t{2}}) {
            stored.set(0, static_cast<float>(logits.at(row * classes + k)));
            const double got = slot.at(size_t(indices[row]) * classes + k);
            check(got == stored.at(0), "ring: class %zu is %.9g, expected %.9g", k, got, stored.at(0));
        }
        check(slot.at(classes + k) == 7.0, "ring: an example that was in no row has changed");
    }
}

void average(int32_t weights_type, size_t n, double decay, std::mt19937& random) {
    std::normal_distribution<float> normal;
    Buffer weights(weights_type, n), ema(BASIN_F32, n);
    for (size_t i = 0; i < n; ++i) weights.set(i, normal(random));
    for (size_t i = 0; i < n; ++i) ema.set(i, normal(random));
    std::vector<double> expected(n);
    for (size_t i = 0; i < n; ++i) expected[i] = decay * ema.at(i) + (1.0 - decay) * weights.at(i);
    basin_ema_update(BASIN_F32, ema.data(), weights_type, weights.data(), 0, int64_t(n), decay);
    for (size_t i = 0; i < n; ++i) {
        check(close(ema.at(i), expected[i], 2e-7 * (1.0 + std::fabs(expected[i]))), "ema: %.9g, expected %.9g", ema.at(i),
            expected[i]);
    }
}

void run() {
    std::mt19937 random(41);
    for (const size_t classes : {2u, 3u, 7u, 16u, 17u, 33u, 64u, 1000u, 2049u}) {
        for (const int32_t logits_type : {BASIN_F32, BASIN_BF16}) {
            for (const int32_t other : {BASIN_F32, BASIN_BF16, BASIN_F16}) {
                for (const double tau : {0.5, 1.0, 5.0}) loss(logits_type, other, classes, tau, tau == 1.0 ? 0.1 : 0.0, random);
                ring(logits_type, other, classes, random);
            }
            for (const double decay : {0.0, 0.5, 0.9998}) average(logits_type, classes, decay, random);
        }
    }
}

}
}

int main(int argc, char** argv) { return test::main(argc, argv, test::run); }
