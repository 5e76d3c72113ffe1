// Optimizer steps on every combination of storage types, with and without a master, and conversion.
#include "basin/optimizer.h"

#include "check.h"

namespace test {
namespace {

constexpr int32_t types[] = {BASIN_F32, BASIN_BF16};

struct Tensors {
    Buffer w, g, m, v;
    std::vector<float> master;

    Tensors(size_t n, const int32_t* storage, std::mt19937& random)
        : w(storage[0], n), g(storage[1], n), m(storage[2], n), v(storage[3], n), master(n) {
        std::normal_distribution<float> normal;
        for (size_t i = 0; i < n; ++i) {
            w.set(i, normal(random));
            g.set(i, normal(random));
            m.set(i, 0.1f * normal(random));
            v.set(i, 0.5f + std::fabs(normal(random)));
            master[i] = normal(random);
        }
    }
};

void adamw(Tensors& t, bool has_master, int64_t begin, int64_t end) {
    basin_adamw_step(t.w.type, t.w.data(), has_master ? t.master.data() : nullptr, t.g.type, t.g.data(), t.m.type,
        t.m.data(), t.v.type, t.v.data(), nullptr, begin, end, 1e-2, 0.9, 0.99, 1e-8, 0.1, 1.0, 3);
}

void lion(Tensors& t, bool has_master, int64_t begin, int64_t end) {
    basin_lion_step(t.w.type, t.w.data(), has_master ? t.master.data() : nullptr, t.g.type, t.g.data(), t.m.type,
        t.m.data(), nullptr, begin, end, 1e-2, 0.9, 0.99, 0.1, 1.0);
}

void momentum(Tensors& t, bool has_master, int64_t begin, int64_t end) {
    if (t.m.type != BASIN_F32) return;
    basin_sgd_momentum_step(t.w.type, t.w.data(), has_master ? t.master.data() : nullptr, t.g.type, t.g.data(),
        BASIN_F32, t.m.data(), nullptr, begin, end, 1e-2, 0.9, 0.0, 1, 0.1, 1.0, 2);
}

// What the same step makes of the same numbers in f32, where the optimizers' own test holds it against double.
template <class Step>
Tensors in_f32(const Tensors& t, bool has_master, size_t n, std::mt19937& random, Step step) {
    const int32_t f32[] = {BASIN_F32, BASIN_F32, BASIN_F32, BASIN_F32};
    Tensors wide(n, f32, random);
    for (size_t i = 0; i < n; ++i) {
        wide.w.set(i, has_master ? t.master[i] : float(t.w.at(i)));
        wide.g.set(i, float(t.g.at(i)));
        wide.m.set(i, float(t.m.at(i)));
        wide.v.set(i, float(t.v.at(i)));
    }
    step(wide, false, 0, int64_t(n));
    return wide;
}

void same(const char* what, const char* tensor, size_t i, const Buffer& got, double wide) {
    const double expected = got.type == BASIN_BF16 ? double(from_bf16(to_bf16(float(wide)))) : wide;
    check(got.at(i) == expected, "%s: %s[%zu] is %.9g, expected %.9g", what, tensor, i, got.at(i), expected);
}

template <class Step>
void check_step(const char* what, size_t n, const int32_t* storage, bool has_master, std::mt19937& random, Step step) {
    Tensors whole(n, storage, random);
    Tensors split = whole;
    const Tensors wide = in_f32(whole, has_master, n, random, step);
    step(whole, has_master, 0, int64_t(n));
    for (int64_t begin = 0; begin < int64_t(n);) {
        const int64_t end = std::min(int64_t(n), begin + 1 + int64_t(random() % 37));
        step(split, has_master, begin, end);
        begin = end;
    }
    if (storage[2] != BASIN_F32 && what[0] == 'm') return;
    for (size_t i = 0; i < n; ++i) {
        same(what, "w", i, whole.w, wide.w.at(i));
        same(what, "m", i, whole.m, wide.m.at(i));
        same(what, "v", i, whole.v, wide.v.at(i));
        check(!has_master || double(whole.master[i]) == wide.w.at(i), "%s: master[%zu] is %.9g", what, i,
            double(whole.master[i]));
        check(split.w.at(i) == whole.w.at(i) && split.m.at(i) == whole.m.at(i) && split.v.at(i) == whole.v.at(i),
            "%s: a split range gives other bits at %zu", what, i);
    }
}

void every_combination(size_t n, std::mt19937& random) {
    for (int choice = 0; choice < 32; ++choice) {
        const int32_t storage[] = {types[choice & 1], types[choice >> 1 & 1], types[choice >> 2 & 1], types[choice >> 3 & 1]};
        check_step("adamw", n, storage, choice >> 4 != 0, random, adamw);
        check_step("lion", n, storage, choice >> 4 != 0, random, lion);
        check_step("momentum", n, storage, choice >> 4 != 0, random, momentum);
    }
}

void conversion(size_t n, std::mt19937& random) {
    Buffer wide(BASIN_F32, n), half(BASIN_BF16, n), back(BASIN_F32, n);
    for (size_t i = 0; i < n; ++i) {
        const uint32_t bits = uint32_t(random()) & 0xBFFFFFFFu;  // no infinity, no NaN
        float value;
        std::memcpy(&value, &bits, sizeof value);
        wide.set(i, value);
    }
    basin_convert(BASIN_F32, wide.data(), BASIN_BF16, half.data(), 0, int64_t(n));
    basin_convert(BASIN_BF16, half.data(), BASIN_F32, back.data(), 0, int64_t(n));
    for (size_t i = 0; i < n; ++i) {
        check(half.half[i] == to_bf16(wide.f32[i]), "%.9g rounds to %04x", double(wide.f32[i]), unsigned(half.half[i]));
        check(back.at(i) == half.at(i), "%04x widens to %.9g", unsigned(half.half[i]), back.at(i));
    }
}

void run() {
    std::mt19937 random(5);
    for (const size_t n : {1u, 3u, 8u, 15u, 16u, 17u, 33u, 1000u}) {
        every_combination(n, random);
        conversion(n, random);
    }
}

}
}

int main(int argc, char** argv) { return test::main(argc, argv, test::run); }
