// A kernel over a table leaves the bits of its launches tensor by tensor, in one launch: with types of all sorts, masters or none,
// empty tensors, one large among small ones, and tensors that begin and end anywhere. On a planted copy of the driver it shows.
#include <cstdio>
#include <cstring>
#include <functional>
#include <random>
#include <vector>

#include "kernels/adamw.cu"
#include "kernels/ema_update.cu"
#include "kernels/lion.cu"
#include "kernels/lion_k_step.cu"
#include "kernels/sam_norm.cu"
#include "kernels/sam_perturb.cu"
#include "kernels/sam_restore.cu"
#include "kernels/sgd_momentum.cu"
#include "kernels/squared_norm.cu"
#include "kernels/table_write.cu"

namespace {

constexpr int64_t sizes[] = {0, 1, 3, 70001, 5, 0, 0, 1023, 1024, 1025, 7, 2049, 0};
constexpr int64_t of_elements = basin::elements_of_block, of_sums = basin::block_elements;
constexpr float factor = 0.37f;
constexpr double norm = 3.0;

// All memory of a run, in which tensors lie one behind the other, at multiples of no more than their elements' size.
class Memory {
public:
    int64_t tensor(int32_t type, int64_t elements) {
        const size_t size = size_t(basin::size_of(type));
        used_ = (used_ + 2 + size - 1) / size * size;
        unsigned char* const begin = bytes_.data() + used_;
        for (int64_t i = 0; i < elements; ++i) {
            const float x = 0.1f + uniform_(random_);
            basin::BFloat16 half;
            basin::round_to(x, half);
            std::memcpy(begin + size_t(i) * size, type == BASIN_F32 ? static_cast<const void*>(&x) : &half, size);
        }
        used_ += size_t(elements) * size;
        return reinterpret_cast<int64_t>(begin);
    }

    friend bool operator==(const Memory& a, const Memory& b) { return a.used_ == b.used_ && a.bytes_ == b.bytes_; }

private:
    std::vector<unsigned char> bytes_ = std::vector<unsigned char>(4 << 20);
    size_t used_ = 0;
    std::mt19937 random_{11};
    std::uniform_real_distribution<float> uniform_;
};

// What a kernel takes for one tensor.
struct Row {
    int64_t elements;
    std::vector<int64_t> columns;

    int32_t type(size_t i) const { return int32_t(columns[i]); }
    template <class T = void>
    T* data(size_t i) const {
        return reinterpret_cast<T*>(columns[i]);
    }
    int64_t sums() const { return (elements + of_sums - 1) / of_sums; }
};

int32_t type_of(size_t row, size_t divisor) { return row % divisor == 0 ? BASIN_BF16 : BASIN_F32; }

Row weights_row(Memory& memory, size_t i, bool with_master) {
    const int64_t n = sizes[i];
    const int32_t type = type_of(i, 3), gradients = type_of(i, 2);
    const int64_t weights = memory.tensor(type, n), master = with_master && i % 6 == 0 ? memory.tensor(BASIN_F32, n) : 0;
    return {n, {type, weights, master, gradients, memory.tensor(gradients, n)}};
}

void add_tensor(Memory& memory, Row& row, int32_t type) {
    row.columns.push_back(type);
    row.columns.push_back(memory.tensor(type, row.elements));
}

Row optimizer_row(Memory& memory, size_t i) {
    Row row = weights_row(memory, i, true);
    add_tensor(memory, row, BASIN_F32);
    return row;
}

Row adamw_row(Memory& memory, size_t i) {
    Row row = weights_row(memory, i, true);
    add_tensor(memory, row, type_of(i, 4));
    add_tensor(memory, row, type_of(i, 5));
    return row;
}

Row ema_row(Memory& memory, size_t i) {
    Row row{sizes[i], {}};
    add_tensor(memory, row, BASIN_F32);
    add_tensor(memory, row, type_of(i, 3));
    return row;
}

Row norm_row(Memory& memory, size_t i) {
    Row row{sizes[i], {}};
    add_tensor(memory, row, type_of(i, 3));
    add_tensor(memory, row, type_of(i, 2));
    return row;
}

Row sam_row(Memory& memory, size_t i, bool saved) {
    const int64_t n = sizes[i];
    const int32_t type = type_of(i, 3);
    const int64_t weights = memory.tensor(type, n), copies = saved ? memory.tensor(type, n) : 0;
    Row row{n, {type, weights, copies}};
    add_tensor(memory, row, type_of(i, 2));
    return row;
}

std::vector<int64_t> table_of(const std::vector<Row>& rows, int64_t block, int64_t& blocks) {
    std::vector<int64_t> block_rows, elements, first_blocks, words;
    for (size_t i = 0; i < rows.size(); ++i) {
        elements.push_back(rows[i].elements);
        first_blocks.push_back(int64_t(block_rows.size()));
        block_rows.insert(block_rows.end(), size_t((rows[i].elements + block - 1) / block), int64_t(i));
    }
    blocks = int64_t(block_rows.size());
    for (const auto& part : {block_rows, elements, first_blocks}) words.insert(words.end(), part.begin(), part.end());
    for (size_t k = 0; k < rows.front().columns.size(); ++k) {
        for (const Row& row : rows) words.push_back(row.columns[k]);
    }
    return words;
}

using Sums = std::vector<double>;

struct Kernel {
    const char* name;
    int64_t block;
    std::function<Row(Memory&, size_t)> row;
    std::function<void(const Row&, double* sums)> one;
    std::function<void(const int64_t* table, int64_t rows, int64_t blocks, double* sums)> many;
};

std::vector<Row> rows_of(const Kernel& kernel, Memory& memory) {
    std::vector<Row> rows;
    for (size_t i = 0; i < std::size(sizes); ++i) rows.push_back(kernel.row(memory, i));
    return rows;
}

bool agrees(const Kernel& kernel) {
    Memory one_by_one, together;
    Sums sums(64, 0.0), sums_together = sums;
    size_t done = 0;
    for (const Row& row : rows_of(kernel, one_by_one)) {
        kernel.one(row, sums.data() + done);
        done += size_t(row.sums());
    }
    const std::vector<Row> rows = rows_of(kernel, together);
    int64_t blocks = 0;
    const std::vector<int64_t> words = table_of(rows, kernel.block, blocks);
    std::vector<int64_t> table(words.size() + 1, -1);
    basin_cuda_table_write(nullptr, table.data(), words.data(), int64_t(words.size()));
    const int64_t before = standin::launches();
    kernel.many(table.data(), int64_t(rows.size()), blocks, sums_together.data());
    // Memory holds its addresses nowhere, so that two runs are alike if they did the same.
    return standin::launches() - before == 1 && table.back() == -1 && one_by_one == together && sums == sums_together;
}

const Kernel adamw{
    "adamw", of_elements, adamw_row,
    [](const Row& r, double*) {
        basin::adamw_step(
            nullptr, r.type(0), r.data(1), r.data<float>(2), r.type(3), r.data(4), r.type(5), r.data(6), r.type(7), r.data(8), &factor, 0,
            r.elements, 1e-3, 0.9, 0.99, 1e-8, 0.01, 0.5, 3);
    },
    [](const int64_t* table, int64_t rows, int64_t blocks, double*) {
        basin_cuda_adamw_step_many(nullptr, table, rows, blocks, &factor, 1e-3, 0.9, 0.99, 1e-8, 0.01, 0.5, 3);
    }};

const Kernel lion{
    "lion", of_elements, optimizer_row,
    [](const Row& r, double*) {
        basin::lion_step(
            nullptr, r.type(0), r.data(1), r.data<float>(2), r.type(3), r.data(4), r.type(5), r.data(6), &factor, 0, r.elements, 1e-3, 0.9,
            0.99, 0.1, 0.5);
    },
    [](const int64_t* table, int64_t rows, int64_t blocks, double*) {
        basin_cuda_lion_step_many(nullptr, table, rows, blocks, &factor, 1e-3, 0.9, 0.99, 0.1, 0.5);
    }};

Kernel lion_k(int32_t kind) {
    return {
        "lion_k", of_elements, optimizer_row,
        [=](const Row& r, double*) {
            basin::lion_k_step(
                nullptr, r.type(0), r.data(1), r.data<float>(2), r.type(3), r.data(4), r.type(5), r.data(6), nullptr, 0, r.elements, kind,
                1e-3, 0.9, 0.99, 0.1, 0.2, 0.5);
        },
        [=](const int64_t* table, int64_t rows, int64_t blocks, double*) {
            basin_cuda_lion_k_step_many(nullptr, table, rows, blocks, nullptr, kind, 1e-3, 0.9, 0.99, 0.1, 0.2, 0.5);
        }};
}

Kernel sgd(double momentum) {
    return {
        "sgd_momentum", of_elements, optimizer_row,
        [=](const Row& r, double*) {
            basin::sgd_momentum_step(
                nullptr, r.type(0), r.data(1), r.data<float>(2), r.type(3), r.data(4), r.type(5), momentum == 0.0 ? nullptr : r.data(6),
                &factor, 0, r.elements, 0.1, momentum, 0.0, momentum > 0.0, 0.01, 0.5, 2);
        },
        [=](const int64_t* table, int64_t rows, int64_t blocks, double*) {
            basin_cuda_sgd_momentum_step_many(
                nullptr, table, rows, blocks, &factor, 0.1, momentum, 0.0, momentum > 0.0, 0.01, 0.5, 2);
        }};
}

const Kernel ema{
    "ema_update", of_elements, ema_row,
    [](const Row& r, double*) { basin::ema_update(nullptr, r.type(0), r.data(1), r.type(2), r.data(3), 0, r.elements, 0.9); },
    [](const int64_t* table, int64_t rows, int64_t blocks, double*) {
        basin_cuda_ema_update_many(nullptr, table, rows, blocks, 0.9);
    }};

const Kernel squared_norm{
    "squared_norm", of_sums, norm_row,
    [](const Row& r, double* sums) { basin::squared_norm(nullptr, r.type(0), r.data(1), sums, 0, r.sums(), r.elements); },
    [](const int64_t* table, int64_t rows, int64_t blocks, double* sums) {
        basin_cuda_squared_norm_many(nullptr, table, rows, blocks, sums);
    }};

Kernel sam_norm(int32_t adaptive) {
    return {
        "sam_norm", of_sums, norm_row,
        [=](const Row& r, double* sums) {
            basin::sam_norm(nullptr, r.type(0), r.data(1), r.type(2), r.data(3), sums, 0, r.sums(), r.elements, adaptive, 0.1);
        },
        [=](const int64_t* table, int64_t rows, int64_t blocks, double* sums) {
            basin_cuda_sam_norm_many(nullptr, table, rows, blocks, sums, adaptive, 0.1);
        }};
}

Kernel sam_perturb(int32_t saved, int32_t adaptive) {
    return {
        "sam_perturb", of_elements, [=](Memory& memory, size_t i) { return sam_row(memory, i, saved != 0); },
        [=](const Row& r, double*) {
            basin::sam_perturb(
                nullptr, r.type(0), r.data(1), r.data(2), r.type(3), r.data(4), &norm, &factor, 0, r.elements, 0.1, adaptive, 0.1, 0.5);
        },
        [=](const int64_t* table, int64_t rows, int64_t blocks, double*) {
            basin_cuda_sam_perturb_many(nullptr, table, rows, blocks, &norm, &factor, saved, 0.1, adaptive, 0.1, 0.5);
        }};
}

Kernel sam_restore(int32_t saved, int32_t adaptive) {
    return {
        "sam_restore", of_elements, [=](Memory& memory, size_t i) { return sam_row(memory, i, saved != 0); },
        [=](const Row& r, double*) {
            basin::sam_restore(
                nullptr, r.type(0), r.data(1), r.data(2), r.type(3), r.data(4), &norm, &factor, 0, r.elements, 0.1, adaptive, 0.1, 0.5);
        },
        [=](const int64_t* table, int64_t rows, int64_t blocks, double*) {
            basin_cuda_sam_restore_many(nullptr, table, rows, blocks, &norm, &factor, saved, 0.1, adaptive, 0.1, 0.5);
        }};
}

const Kernel kernels[] = {
    adamw, lion, lion_k(0), lion_k(2), lion_k(6), sgd(0.0), sgd(0.9), ema, squared_norm, sam_norm(0), sam_norm(1),
    sam_perturb(0, 0), sam_perturb(1, 1), sam_restore(0, 1), sam_restore(1, 0)};

}

int main(int count, char** arguments) {
    const bool planted = count > 1 && std::strcmp(arguments[1], "planted") == 0;
    int failures = 0;
    for (const Kernel& kernel : kernels) {
        if (agrees(kernel) == planted) {
            ++failures;
            std::printf(
                planted ? "%s: nothing shows that blocks take the wrong row\n" : "%s: not the bits, or not the one launch\n", kernel.name);
        }
    }
    std::printf("%d failures\n", failures);
    return failures == 0 ? 0 : 1;
}
