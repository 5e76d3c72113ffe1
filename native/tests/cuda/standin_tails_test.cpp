// No driver for the device writes beyond the end of what it was given; and where a driver does, as a planted copy of them, it shows.
#include <cstdio>
#include <cstring>
#include <functional>
#include <vector>

#include "kernels/adamw.cu"
#include "kernels/cross_entropy.cu"
#include "kernels/dco.cu"
#include "kernels/ema_update.cu"
#include "kernels/layer_norm_forward.cu"
#include "kernels/recenter_rows.cu"
#include "kernels/z_loss.cu"

namespace {

constexpr float untouched = -12345.0f;

// So many numbers, and a few behind them that nobody may write to.
class Guarded {
public:
    explicit Guarded(int64_t size) : size_(size), values_(size_t(size) + behind, 0.5f) {
        for (size_t i = size_t(size); i < values_.size(); ++i) values_[i] = untouched;
    }

    float* data() { return values_.data(); }

    bool is_whole() const {
        for (size_t i = size_t(size_); i < values_.size(); ++i) {
            if (values_[i] != untouched) return false;
        }
        return true;
    }

private:
    static constexpr size_t behind = 8;
    int64_t size_;
    std::vector<float> values_;
};

bool elementwise(int64_t n) {
    Guarded weights(n), gradients(n), first(n), second(n);
    basin::adamw_step(
        nullptr, BASIN_F32, weights.data(), nullptr, BASIN_F32, gradients.data(), BASIN_F32, first.data(), BASIN_F32, second.data(),
        nullptr, 0, n, 1e-3, 0.9, 0.999, 1e-8, 0.01, 1.0, 1);
    return weights.is_whole() && first.is_whole() && second.is_whole();
}

bool elementwise_of_table(int64_t n) {
    Guarded averages[2] = {Guarded(n), Guarded(n)}, weights(n);
    const int64_t blocks = (n + basin::elements_of_block - 1) / basin::elements_of_block;
    std::vector<int64_t> table(size_t(blocks), 0);
    table.insert(table.end(), size_t(blocks), 1);
    table.insert(table.end(), {n, n, 0, blocks, BASIN_F32, BASIN_F32});
    for (Guarded& average : averages) table.push_back(reinterpret_cast<int64_t>(average.data()));
    table.insert(table.end(), {BASIN_F32, BASIN_F32});
    table.insert(table.end(), 2, reinterpret_cast<int64_t>(weights.data()));
    basin_cuda_ema_update_many(nullptr, table.data(), 2, 2 * blocks, 0.9);
    return averages[0].is_whole() && averages[1].is_whole();
}

bool rows_of_logits(int64_t n) {
    Guarded logits(n), losses(1);
    const int32_t target = 0;
    basin::cross_entropy_forward_backward(
        nullptr, BASIN_F32, logits.data(), n, &target, BASIN_F32, nullptr, nullptr, BASIN_F32, losses.data(), nullptr, nullptr, BASIN_F32,
        logits.data(), n, nullptr, 0, 1, n, 1.0, 0.0, 0.0, 1.0, -100);
    return logits.is_whole();
}

bool scanned_rows(int64_t n) {
    Guarded logits(n), losses(1);
    const int32_t target = 0;
    basin::z_loss_forward_backward(
        nullptr, BASIN_F32, logits.data(), n, &target, BASIN_F32, nullptr, BASIN_F32, losses.data(), BASIN_F32, logits.data(), n, nullptr, 0,
        1, n, 1.0, 0.0, 1e-12, 1.0, -100);
    return logits.is_whole();
}

bool norms(int64_t n) {
    Guarded x(n), y(n), mean(1), rstd(1);
    basin::layer_norm_forward(
        nullptr, BASIN_F32, x.data(), n, BASIN_F32, nullptr, 0, nullptr, 0, BASIN_F32, nullptr, nullptr, y.data(), n, BASIN_F32, mean.data(),
        rstd.data(), 0, 1, n, 1e-5);
    return y.is_whole();
}

bool maps(int64_t n) {
    Guarded x(n), y(n);
    basin::recenter_rows(nullptr, BASIN_F32, x.data(), n, y.data(), n, 0, 1, n);
    return y.is_whole();
}

bool scalars(int64_t n) {
    Guarded p(n + 1), losses(n);
    for (int64_t i = 0; i <= n; ++i) p.data()[i] = -1.0f;
    basin::dco_forward_backward(nullptr, BASIN_F32, p.data(), losses.data(), nullptr, nullptr, 0, n, 4.0, 0.0);
    return losses.is_whole();
}

struct Driver {
    const char* name;
    bool (*keeps_to)(int64_t);
};

constexpr Driver drivers[] = {
    {"elementwise", elementwise}, {"elementwise of a table", elementwise_of_table},
    {"rows of logits", rows_of_logits}, {"rows in several passes", scanned_rows},
    {"norms", norms}, {"maps of rows", maps}, {"scalars", scalars}};

}

int main(int count, char** arguments) {
    const bool planted = count > 1 && std::strcmp(arguments[1], "planted") == 0;
    int failures = 0;
    for (const Driver& driver : drivers) {
        bool whole = true;
        for (const int64_t n : {int64_t{1}, int64_t{5}, int64_t{101}, int64_t{1023}, int64_t{3001}}) whole = whole && driver.keeps_to(n);
        if (whole == planted) {
            ++failures;
            std::printf(planted ? "%s: nothing shows that it goes too far\n" : "%s: it goes too far\n", driver.name);
        }
    }
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
