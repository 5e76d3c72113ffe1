// Bytes that a kernel must move over the time of its best run, on one thread, for each instruction set. No test.
#include <algorithm>
#include <chrono>

#include "basin/loss.h"
#include "basin/optimizer.h"
#include "check.h"

namespace test {
namespace {

template <class Prepare, class Run>
void measure(const char* what, double bytes, Prepare prepare, Run run) {
    double best = HUGE_VAL;
    for (int i = 0; i < 15; ++i) {
        prepare();
        const auto start = std::chrono::steady_clock::now();
        run();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    std::printf("  %-44s %9.3f ms  %5.1f GB/s\n", what, best * 1e3, bytes / best / 1e9);
}

void cross_entropy(const char* what, int32_t type, int64_t rows, int64_t classes) {
    const auto n = static_cast<size_t>(rows * classes);
    std::mt19937 random(1);
    std::normal_distribution<float> normal(0.0f, 3.0f);
    Buffer logits(type, n);
    for (size_t i = 0; i < n; ++i) logits.set(i, normal(random));
    Buffer gradient = logits;
    std::vector<int32_t> targets(static_cast<size_t>(rows));
    for (int32_t& y : targets) y = int32_t(random() % uint32_t(classes));
    std::vector<float> losses(targets.size());
    measure(what, double(n) * (type == BASIN_BF16 ? 4.0 : 8.0), [&] { gradient = logits; }, [&] {
        basin_cross_entropy_forward_backward(type, gradient.data(), classes, targets.data(), BASIN_F32, nullptr,
            nullptr, BASIN_F32, losses.data(), nullptr, nullptr, type, gradient.data(), classes, nullptr, 0, rows,
            classes, 1.0, 0.0, 0.0, 1.0, -100);
    });
}

void optimizers(int64_t n) {
    std::vector<float> w(static_cast<size_t>(n), 1.0f), g(w.size(), 0.1f), m(w.size()), v(w.size());
    int64_t step = 0;
    measure("adamw 16M", double(n) * 28.0, [&] { ++step; }, [&] {
        basin_adamw_step(BASIN_F32, w.data(), nullptr, BASIN_F32, g.data(), BASIN_F32, m.data(), BASIN_F32, v.data(),
            nullptr, 0, n, 1e-3, 0.9, 0.999, 1e-8, 0.01, 1.0, step);
    });
    measure("lion 16M", double(n) * 20.0, [] {}, [&] {
        basin_lion_step(BASIN_F32, w.data(), nullptr, BASIN_F32, g.data(), BASIN_F32, m.data(), nullptr, 0, n, 1e-4, 0.9, 0.99,
            0.1, 1.0);
    });
}

// The ceiling of what works in place.
void scale_in_place(size_t n) {
    std::vector<float> a(n, 1.0f);
    volatile float factor = 1.0001f;
    measure("an array scaled in place", double(n) * 8.0, [] {}, [&] {
        const float by = factor;
        for (float& x : a) x *= by;
    });
}

}
}

int main() {
    test::scale_in_place(size_t{1} << 24);
    for (int32_t isa = 0; isa < basin_isa_count(); ++isa) {
        if (basin_isa_select(isa) != 0) continue;
        std::printf("%s\n", basin_isa_name(isa));
        test::cross_entropy("cross-entropy 256 x 50257, f32 in place", BASIN_F32, 256, 50257);
        test::cross_entropy("cross-entropy 1024 x 1000, f32 in place", BASIN_F32, 1024, 1000);
        test::cross_entropy("cross-entropy 8192 x 10, f32 in place", BASIN_F32, 8192, 10);
        test::cross_entropy("cross-entropy 256 x 50257, bf16 in place", BASIN_BF16, 256, 50257);
        test::optimizers(int64_t{1} << 24);
    }
}
