#include "basin/optimizer.h"

#include "check.h"

namespace test {
namespace {

struct Tensors {
    std::vector<float> w, g, m, v;

    Tensors(size_t n, std::mt19937& random) : w(n), g(n), m(n), v(n) {
        std::normal_distribution<float> normal;
        for (size_t i = 0; i < n; ++i) {
            w[i] = normal(random);
            g[i] = i % 7 == 0 ? 0.0f : normal(random);
            m[i] = i % 7 == 0 ? 0.0f : 0.1f * normal(random);
            v[i] = i % 7 == 0 ? 0.0f : normal(random) * normal(random);
            v[i] *= v[i];
        }
    }
};

void adamw(Tensors& t, int64_t begin, int64_t end, int64_t step) {
    const float factor = 0.5f;
    basin_adamw_step(BASIN_F32, t.w.data(), nullptr, BASIN_F32, t.g.data(), BASIN_F32, t.m.data(), BASIN_F32,
        t.v.data(), &factor, begin, end, 1e-2, 0.9, 0.999, 1e-8, 0.1, 2.0, step);
}

void lion(Tensors& t, int64_t begin, int64_t end, int64_t) {
    basin_lion_step(BASIN_F32, t.w.data(), nullptr, BASIN_F32, t.g.data(), BASIN_F32, t.m.data(), nullptr, begin, end,
        1e-2, 0.9, 0.99, 0.1, 1.0);
}

void adamw_element(double& w, double g, double& m, double& v, double step) {
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    const double root = std::sqrt(v / (1.0 - std::pow(0.999, step)));
    w = w * (1.0 - 1e-3) - 1e-2 * (m / (1.0 - std::pow(0.9, step))) / (root + 1e-8);
}

void lion_element(double& w, double g, double& m, double&, double) {
    const double u = 0.9 * m + 0.1 * g;
    w = w * (1.0 - 1e-3) - 1e-2 * double((u > 0.0) - (u < 0.0));
    m = 0.99 * m + 0.01 * g;
}

// Against double, over any split of the range: the same bits.
template <class Step, class Element>
void against_double(const char* what, size_t n, std::mt19937& random, Step run_step, Element element) {
    Tensors whole(n, random);
    std::vector<double> w(whole.w.begin(), whole.w.end()), m(whole.m.begin(), whole.m.end()),
        v(whole.v.begin(), whole.v.end());
    Tensors split = whole;
    for (int64_t step = 1; step <= 3; ++step) {
        run_step(whole, 0, int64_t(n), step);
        for (int64_t begin = 0; begin < int64_t(n);) {
            const int64_t end = std::min(int64_t(n), begin + 1 + int64_t(random() % 37));
            run_step(split, begin, end, step);
            begin = end;
        }
        for (size_t i = 0; i < n; ++i) element(w[i], double(whole.g[i]), m[i], v[i], double(step));
    }
    for (size_t i = 0; i < n; ++i) {
        check(close(double(whole.w[i]), w[i], 1e-6 * (1.0 + std::fabs(w[i]))), "%s n %zu: w[%zu] %.9g, expected %.9g",
            what, n, i, double(whole.w[i]), w[i]);
        check(close(double(whole.m[i]), m[i], 1e-6), "%s n %zu: m[%zu] %.9g, expected %.9g", what, n, i,
            double(whole.m[i]), m[i]);
    }
    const auto same = [n](const std::vector<float>& a, const std::vector<float>& b) {
        return std::memcmp(a.data(), b.data(), n * sizeof(float)) == 0;
    };
    check(same(whole.w, split.w) && same(whole.m, split.m) && same(whole.v, split.v),
        "%s n %zu: a split range gives other bits", what, n);
}

// A NaN gradient reaches its own element alone, through Lion's sign too; an infinite weight stays one.
template <class Step>
void hard_values(const char* what, std::mt19937& random, Step run_step) {
    for (size_t at = 0; at < 37; ++at) {
        Tensors t(37, random);
        t.g[at] = std::nanf("");
        t.w[(at + 1) % 37] = HUGE_VALF;
        run_step(t, 0, 37, 1);
        for (size_t i = 0; i < 37; ++i) {
            check(std::isnan(t.w[i]) == (i == at), "%s: NaN at %zu, w[%zu] is %g", what, at, i, double(t.w[i]));
        }
        check(t.w[(at + 1) % 37] == HUGE_VALF, "%s: infinite weight became %g", what, double(t.w[(at + 1) % 37]));
    }
}

void run() {
    std::mt19937 random(3);
    for (const size_t n : {1u, 2u, 3u, 5u, 8u, 15u, 16u, 17u, 31u, 33u, 63u, 64u, 65u, 1000u, 4099u}) {
        against_double("adamw", n, random, adamw, adamw_element);
        against_double("lion", n, random, lion, lion_element);
    }
    hard_values("adamw", random, adamw);
    hard_values("lion", random, lion);
}

}
}

int main(int argc, char** argv) { return test::main(argc, argv, test::run); }
