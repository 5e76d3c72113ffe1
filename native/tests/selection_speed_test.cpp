// The k largest magnitudes are found at least twice as fast as by std::nth_element, and are the same; one thread.
#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <iterator>

#include "basin/optimizer.h"
#include "check.h"

namespace test {
namespace {

constexpr int64_t block = 8192, digits = 256;

uint32_t magnitude_bits(float x) {
    uint32_t bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits & 0x7FFFFFFFu;
}

struct Largest {
    std::vector<int32_t> indices;
    std::vector<float> entries;
};

// As LargestSelection calls the kernels.
Largest select(const std::vector<float>& values, int64_t k) {
    const int64_t n = std::ssize(values), blocks = (n + block - 1) / block;
    const size_t block_count = static_cast<size_t>(blocks);
    std::vector<int32_t> counts(block_count * digits), larger(block_count), quotas(block_count), offsets(block_count);
    int64_t above = 0, left = k, digit = 0;
    for (int64_t shift = 24; shift >= 0; shift -= 8) {
        basin_magnitude_counts(BASIN_F32, values.data(), counts.data(), 0, blocks, n, above, shift);
        std::array<int64_t, digits> totals{};
        for (size_t i = 0; i < counts.size(); ++i) totals[i % size_t(digits)] += counts[i];
        for (digit = digits - 1; digit > 0 && totals[size_t(digit)] < left; --digit) left -= totals[size_t(digit)];
        for (int64_t b = 0; b < blocks; ++b) {
            for (int64_t d = digit + 1; d < digits; ++d) larger[size_t(b)] += counts[size_t(b * digits + d)];
        }
        above = above << 8 | digit;
    }
    int64_t before = 0;
    for (int64_t b = 0; b < blocks; ++b) {
        offsets[size_t(b)] = int32_t(std::min(before, k - 1));
        quotas[size_t(b)] = int32_t(std::min(left, int64_t{counts[size_t(b * digits + digit)]}));
        left -= quotas[size_t(b)];
        before += larger[size_t(b)] + quotas[size_t(b)];
    }
    Largest found;
    found.indices.resize(size_t(k));
    found.entries.resize(size_t(k));
    basin_list_largest(BASIN_F32, values.data(), found.indices.data(), BASIN_F32, found.entries.data(), quotas.data(), offsets.data(), 0,
        blocks, n, k, above);
    return found;
}

Largest select_by_nth_element(const std::vector<float>& values, int64_t k) {
    std::vector<uint32_t> magnitudes(values.size());
    std::transform(values.begin(), values.end(), magnitudes.begin(), magnitude_bits);
    const auto last = magnitudes.begin() + (k - 1);
    std::nth_element(magnitudes.begin(), last, magnitudes.end(), std::greater<>());
    const uint32_t smallest = *last;
    int64_t ties = k - std::count_if(magnitudes.begin(), last, [&](uint32_t bits) { return bits > smallest; });
    Largest found;
    for (size_t i = 0; i < values.size(); ++i) {
        const uint32_t bits = magnitude_bits(values[i]);
        if (bits > smallest || (bits == smallest && ties-- > 0)) {
            found.indices.push_back(int32_t(i));
            found.entries.push_back(values[i]);
        }
    }
    return found;
}

template <class Run>
double best_of(int times, Largest& found, Run run) {
    double best = HUGE_VAL;
    for (int i = 0; i < times; ++i) {
        const auto start = std::chrono::steady_clock::now();
        found = run();
        best = std::min(best, std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    }
    return best;
}

void compare(const std::vector<float>& values, int64_t k, const char* what) {
    Largest ours, theirs;
    const double time = best_of(7, ours, [&] { return select(values, k); });
    const double other = best_of(7, theirs, [&] { return select_by_nth_element(values, k); });
    std::printf("  %-24s k = %8lld: %7.2f ms, std::nth_element %7.2f ms, %.2f times\n", what, static_cast<long long>(k), time * 1e3,
        other * 1e3, other / time);
    check(ours.indices == theirs.indices && ours.entries == theirs.entries, "%s: not the same %lld", what, static_cast<long long>(k));
    check(2.0 * time <= other, "%s, k = %lld: only %.2f times as fast", what, static_cast<long long>(k), other / time);
}

void run() {
    const size_t n = size_t{1} << 23;
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> smooth(n), tied(n);
    for (size_t i = 0; i < n; ++i) {
        smooth[i] = normal(random);
        tied[i] = std::round(4.0f * smooth[i]);
    }
    for (const int64_t k : {int64_t{1000}, int64_t(n) / 100, int64_t(n) / 10}) {
        compare(smooth, k, "normal");
        compare(tied, k, "normal, many ties");
    }
}

}
}

int main(int argc, char** argv) { return test::main(argc, argv, test::run); }
