// Times of the device's kernels by events, beside the compulsory bytes and the device's own copy of as many. No test.
#include <algorithm>
#include <cmath>
#include <cstdint>
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

namespace {

void require(int32_t error) {
    if (error == 0) return;
    std::printf("CUDA: %s\n", basin_cuda_error_text(error));
    std::exit(1);
}

class Memory {
public:
    explicit Memory(int64_t bytes) { require(basin_cuda_allocate(bytes, &data)); }
    ~Memory() { basin_cuda_free(data); }
    Memory(const Memory&) = delete;
    Memory& operator=(const Memory&) = delete;

    void* get() const { return data; }
    float* floats() const { return static_cast<float*>(data); }

private:
    void* data = nullptr;
};

void copy_in(const Memory& memory, const void* from, size_t bytes) {
    require(basin_cuda_copy(nullptr, memory.get(), from, int64_t(bytes)));
    require(basin_cuda_stream_synchronize(nullptr));
}

// Normal numbers, from a table that is repeated: drawing gigabytes would take longer than measuring.
void fill_normal(const Memory& memory, int32_t type, int64_t count) {
    constexpr int64_t table = 1 << 20;
    static const std::vector<float> numbers = [] {
        std::mt19937 random(1);
        std::normal_distribution<float> normal;
        std::vector<float> drawn(table);
        for (float& x : drawn) x = normal(random);
        return drawn;
    }();
    const Memory drawn(table * 4);
    copy_in(drawn, numbers.data(), numbers.size() * 4);
    const int64_t size = type == BASIN_F32 ? 4 : 2;
    for (int64_t at = 0; at < count; at += table) {
        basin_cuda_convert(
            nullptr, BASIN_F32, drawn.get(), type, static_cast<unsigned char*>(memory.get()) + at * size, 0,
            std::min(table, count - at));
    }
    require(basin_cuda_stream_synchronize(nullptr));
}

// The median of 9 measurements of several runs each, in seconds.
double time_of(const std::function<void()>& run) {
    constexpr int measurements = 9, runs = 5;
    void *first = nullptr, *second = nullptr;
    require(basin_cuda_event_create(&first));
    require(basin_cuda_event_create(&second));
    for (int i = 0; i < 2; ++i) run();
    std::vector<double> times;
    for (int i = 0; i < measurements; ++i) {
        float milliseconds = 0.0f;
        require(basin_cuda_event_record(first, nullptr));
        for (int k = 0; k < runs; ++k) run();
        require(basin_cuda_event_record(second, nullptr));
        require(basin_cuda_event_elapsed(first, second, &milliseconds));
        times.push_back(double(milliseconds) / 1e3 / runs);
    }
    require(basin_cuda_last_error());
    basin_cuda_event_destroy(first);
    basin_cuda_event_destroy(second);
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
}

const char* wanted = "";  // a part of the names of those to measure

void report(const char* what, double bytes, const std::function<void()>& run) {
    if (std::strstr(what, wanted) == nullptr) return;
    const auto half = int64_t(bytes / 2.0);
    const Memory from(half), to(half);
    const double copied = bytes / time_of([&] { require(basin_cuda_copy(nullptr, to.get(), from.get(), half)); });
    const double seconds = time_of(run);
    std::printf("| %-44s | %9.4f | %8.1f | %7.0f | %7.0f | %4.0f %% |\n", what, seconds * 1e3, bytes / 1e6,
        bytes / seconds / 1e9, copied / 1e9, 100.0 * bytes / seconds / copied);
    std::fflush(stdout);
}

void cross_entropy(int32_t type, int64_t rows, int64_t classes) {
    const int64_t count = rows * classes, size = type == BASIN_F32 ? 4 : 2;
    const Memory logits(count * size), targets(rows * 4), losses(rows * 4);
    fill_normal(logits, type, count);
    std::mt19937 random(2);
    std::vector<int32_t> labels(size_t(rows), 0);
    for (int32_t& label : labels) label = int32_t(random() % uint32_t(classes));
    copy_in(targets, labels.data(), labels.size() * 4);
    char what[96];
    std::snprintf(what, sizeof what, "cross_entropy, in place, %s, %lld x %lld", type == BASIN_F32 ? "f32" : "bf16",
        static_cast<long long>(rows), static_cast<long long>(classes));
    report(what, double(count * size * 2), [&] {
        basin_cuda_cross_entropy_forward_backward(
            nullptr, type, logits.get(), classes, static_cast<const int32_t*>(targets.get()), BASIN_F32, nullptr, nullptr,
            BASIN_F32, losses.get(), nullptr, nullptr, type, logits.get(), classes, nullptr, 0, rows, classes, 1.0, 0.0, 0.0,
            1.0, -100);
    });
}

void norms(int32_t type, int64_t rows, int64_t width) {
    const int64_t count = rows * width, size = type == BASIN_F32 ? 4 : 2, blocks = (rows + 31) / 32;
    const Memory x(count * size), branch(count * size), y(count * size), sum(count * size), gamma(width * 4), beta(width * 4);
    const Memory mean(rows * 4), rstd(rows * 4), gamma_partials(blocks * width * 4), beta_partials(blocks * width * 4);
    fill_normal(x, type, count);
    fill_normal(branch, type, count);
    fill_normal(gamma, BASIN_F32, width);
    fill_normal(beta, BASIN_F32, width);
    char what[96];
    const auto named = [&](const char* name) {
        std::snprintf(what, sizeof what, "%s, %s, %lld x %lld", name, type == BASIN_F32 ? "f32" : "bf16",
            static_cast<long long>(rows), static_cast<long long>(width));
        return what;
    };
    report(named("layer_norm forward"), double(count * size * 2), [&] {
        basin_cuda_layer_norm_forward(
            nullptr, type, x.get(), width, type, nullptr, 0, nullptr, 0, BASIN_F32, gamma.get(), beta.get(), y.get(), width,
            BASIN_F32, mean.get(), rstd.get(), 0, rows, width, 1e-5);
    });
    report(named("add_layer_norm forward"), double(count * size * 4), [&] {
        basin_cuda_layer_norm_forward(
            nullptr, type, x.get(), width, type, branch.get(), width, sum.get(), width, BASIN_F32, gamma.get(), beta.get(),
            y.get(), width, BASIN_F32, mean.get(), rstd.get(), 0, rows, width, 1e-5);
    });
    report(named("rms_norm forward"), double(count * size * 2), [&] {
        basin_cuda_rms_norm_forward(
            nullptr, type, x.get(), width, type, nullptr, 0, nullptr, 0, BASIN_F32, gamma.get(), y.get(), width, BASIN_F32,
            rstd.get(), 0, rows, width, 1e-5);
    });
    report(named("layer_norm backward"), double(count * size * 3), [&] {
        basin_cuda_layer_norm_backward(
            nullptr, type, branch.get(), width, type, nullptr, 0, x.get(), width, BASIN_F32, mean.get(), rstd.get(), BASIN_F32,
            gamma.get(), y.get(), width, BASIN_F32, gamma_partials.get(), beta_partials.get(), 0, blocks, rows, width);
        basin_cuda_sum_row_blocks(
            nullptr, BASIN_F32, gamma_partials.get(), width, BASIN_F32, gamma.get(), 0, width, blocks, 0);
        basin_cuda_sum_row_blocks(
            nullptr, BASIN_F32, beta_partials.get(), width, BASIN_F32, beta.get(), 0, width, blocks, 0);
    });
    fill_normal(gamma, BASIN_F32, width);
    report(named("rms_norm backward"), double(count * size * 3), [&] {
        basin_cuda_rms_norm_backward(
            nullptr, type, branch.get(), width, type, nullptr, 0, x.get(), width, BASIN_F32, rstd.get(), BASIN_F32,
            gamma.get(), y.get(), width, BASIN_F32, gamma_partials.get(), 0, blocks, rows, width);
        basin_cuda_sum_row_blocks(
            nullptr, BASIN_F32, gamma_partials.get(), width, BASIN_F32, gamma.get(), 0, width, blocks, 0);
    });
}

void optimizers(int64_t n) {
    const Memory w(n * 4), g(n * 4), m(n * 4), v(n * 4), partials(((n + 65535) / 65536) * 8), norm(8);
    fill_normal(w, BASIN_F32, n);
    fill_normal(g, BASIN_F32, n);
    fill_normal(m, BASIN_F32, n);
    require(basin_cuda_fill(nullptr, v.get(), 0, n * 4));
    const double one = 1.0;
    copy_in(norm, &one, sizeof one);
    char what[96];
    const auto named = [&](const char* name) {
        std::snprintf(what, sizeof what, "%s, f32, %lld", name, static_cast<long long>(n));
        return what;
    };
    report(named("adamw"), double(n) * 28.0, [&] {
        basin_cuda_adamw_step(
            nullptr, BASIN_F32, w.get(), nullptr, BASIN_F32, g.get(), BASIN_F32, m.get(), BASIN_F32, v.get(), nullptr, 0, n,
            1e-3, 0.9, 0.999, 1e-8, 0.01, 1.0, 10);
    });
    report(named("lion"), double(n) * 20.0, [&] {
        basin_cuda_lion_step(
            nullptr, BASIN_F32, w.get(), nullptr, BASIN_F32, g.get(), BASIN_F32, m.get(), nullptr, 0, n, 1e-4, 0.9, 0.99, 0.1,
            1.0);
    });
    report(named("sgd_momentum"), double(n) * 20.0, [&] {
        basin_cuda_sgd_momentum_step(
            nullptr, BASIN_F32, w.get(), nullptr, BASIN_F32, g.get(), BASIN_F32, m.get(), nullptr, 0, n, 1e-4, 0.9, 0.0, 0, 0.0,
            1.0, 2);
    });
    report(named("sam_perturb, saving the weights"), double(n) * 16.0, [&] {
        basin_cuda_sam_perturb(
            nullptr, BASIN_F32, w.get(), v.get(), BASIN_F32, g.get(), static_cast<const double*>(norm.get()), nullptr, 0, n,
            0.05, 0, 0.0, 1.0);
    });
    report(named("ema_update"), double(n) * 12.0, [&] {
        basin_cuda_ema_update(nullptr, BASIN_F32, m.get(), BASIN_F32, w.get(), 0, n, 0.999);
    });
    report(named("squared_norm"), double(n) * 4.0, [&] {
        basin_cuda_squared_norm(
            nullptr, BASIN_F32, g.get(), static_cast<double*>(partials.get()), 0, (n + 65535) / 65536, n);
    });
}

// The table of AdamW over tensors of so many elements each, which lie one behind the other.
std::vector<int64_t> adamw_table(int64_t tensors, int64_t each, const std::vector<const Memory*>& memory) {
    const int64_t blocks = (each + 1023) / 1024;
    std::vector<int64_t> words;
    for (int64_t block = 0; block < tensors * blocks; ++block) words.push_back(block / blocks);
    words.insert(words.end(), size_t(tensors), each);
    for (int64_t i = 0; i < tensors; ++i) words.push_back(i * blocks);
    const auto types = [&] { words.insert(words.end(), size_t(tensors), BASIN_F32); };
    const auto addresses = [&](const Memory* of) {
        for (int64_t i = 0; i < tensors; ++i) words.push_back(of == nullptr ? 0 : reinterpret_cast<int64_t>(of->floats() + i * each));
    };
    types();
    addresses(memory[0]);
    addresses(nullptr);  // no masters
    for (size_t k = 1; k < memory.size(); ++k) {
        types();
        addresses(memory[k]);
    }
    return words;
}

void many_tensors(int64_t tensors, int64_t each) {
    const int64_t n = tensors * each;
    const Memory w(n * 4), g(n * 4), m(n * 4), v(n * 4);
    fill_normal(w, BASIN_F32, n);
    fill_normal(g, BASIN_F32, n);
    fill_normal(m, BASIN_F32, n);
    require(basin_cuda_fill(nullptr, v.get(), 0, n * 4));
    const std::vector<int64_t> words = adamw_table(tensors, each, {&w, &g, &m, &v});
    const Memory memory(int64_t(words.size()) * 8);
    auto* const table = static_cast<int64_t*>(memory.get());
    basin_cuda_table_write(nullptr, table, words.data(), int64_t(words.size()));
    char what[96];
    const auto named = [&](const char* form) {
        std::snprintf(what, sizeof what, "adamw, %lld x %lld, %s", static_cast<long long>(tensors), static_cast<long long>(each), form);
        return what;
    };
    const auto step = [&](int64_t first, int64_t count) {
        basin_cuda_adamw_step(
            nullptr, BASIN_F32, w.floats() + first, nullptr, BASIN_F32, g.floats() + first, BASIN_F32, m.floats() + first, BASIN_F32,
            v.floats() + first, nullptr, 0, count, 1e-3, 0.9, 0.999, 1e-8, 0.01, 1.0, 10);
    };
    report(named("as one tensor"), double(n) * 28.0, [&] { step(0, n); });
    report(named("by a table"), double(n) * 28.0, [&] {
        basin_cuda_adamw_step_many(
            nullptr, table, tensors, tensors * ((each + 1023) / 1024), nullptr, 1e-3, 0.9, 0.999, 1e-8, 0.01, 1.0, 10);
    });
    report(named("a launch each"), double(n) * 28.0, [&] {
        for (int64_t i = 0; i < tensors; ++i) step(i * each, each);
    });
}

}

int main(int argc, char** argv) {
    if (argc > 1) wanted = argv[1];
    char name[256];
    int64_t bytes = 0;
    int32_t capability = 0, multiprocessors = 0;
    require(basin_cuda_device_describe(name, sizeof name, &bytes, &capability, &multiprocessors));
    std::printf("%s, compute capability %d.%d, %d multiprocessors, %lld MiB\n\n", name, capability / 10, capability % 10,
        multiprocessors, static_cast<long long>(bytes >> 20));
    std::printf("| %-44s | %9s | %8s | %7s | %7s | %6s |\n", "kernel", "ms", "MB", "GB/s", "copy", "share");
    std::printf("|---|---|---|---|---|---|\n");
    for (const int32_t type : {BASIN_F32, BASIN_BF16}) {
        cross_entropy(type, 4096, 50257);
        cross_entropy(type, 131072, 1000);
        cross_entropy(type, 1024, 128256);
        cross_entropy(type, 128, 1000000);
        cross_entropy(type, 4096, 1000);
    }
    for (const int32_t type : {BASIN_F32, BASIN_BF16}) {
        norms(type, 65536, 768);
        norms(type, 65536, 1024);
        norms(type, 16384, 4096);
        norms(type, 8192, 12288);
    }
    optimizers(64 << 20);
    optimizers(1 << 20);
    for (const int64_t each : {int64_t{1024}, int64_t{4096}, int64_t{65536}}) many_tensors(1000, each);
    return 0;
}
