// Skeleton 4 on the device: one pass over the same range of several tensors, a group of neighbours a thread; or over all of the
// tensors in each row of a table, in one launch. A formula with numbers that lie in the device's memory comes as a function that
// makes it there.
#pragma once

#include "tensor_table.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

inline constexpr unsigned threads_of_elements = 256;
inline constexpr int64_t elements_of_block = int64_t(threads_of_elements) * elements_of_thread;

struct ReadWrite {
    int32_t type;
    void* data;

    __device__ void get(int64_t first, int64_t end, Elements& x) const { load_typed(type, data, first, end, x); }
    __device__ void put(int64_t first, int64_t end, const Elements& x) const { store_typed(type, data, first, end, x); }
};

struct Read {
    int32_t type;
    const void* data;

    __device__ void get(int64_t first, int64_t end, Elements& x) const { load_typed(type, data, first, end, x); }
    __device__ void put(int64_t, int64_t, const Elements&) const {}
};

struct Write {
    int32_t type;
    void* data;

    __device__ void get(int64_t, int64_t, Elements&) const {}
    __device__ void put(int64_t first, int64_t end, const Elements& x) const { store_typed(type, data, first, end, x); }
};

// Multiplied as it is read, by a factor that a kernel may have computed.
struct ReadScaled {
    int32_t type;
    const void* data;
    double scale;
    const float* factor;

    __device__ void get(int64_t first, int64_t end, Elements& x) const {
        const float by = float(folded(scale, factor));
        load_typed(type, data, first, end, x);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) x[i] = x[i] * by;
    }
    __device__ void put(int64_t, int64_t, const Elements&) const {}
};

// Weights that are computed in an f32 master, where there is one, and stored in both.
struct Weights {
    int32_t type;
    void* data;
    float* master;  // or null

    __device__ void get(int64_t first, int64_t end, Elements& x) const {
        if (master != nullptr) {
            load_group(master, first, end, 0.0f, x);
        } else {
            load_typed(type, data, first, end, x);
        }
    }
    __device__ void put(int64_t first, int64_t end, const Elements& x) const {
        if (master != nullptr) store_group(master, first, end, x);
        store_typed(type, data, first, end, x);
    }
};

template <class Tensor>
struct Loaded {
    Tensor tensor;
    Elements value;
};

template <class Formula, class... Tensor>
__device__ void apply(const Formula& formula, int64_t first, int64_t end, Loaded<Tensor>... loaded) {
    (loaded.tensor.get(first, end, loaded.value), ...);
#pragma unroll
    for (int i = 0; i < elements_of_thread; ++i) formula(loaded.value[i]...);
    (loaded.tensor.put(first, end, loaded.value), ...);
}

// A formula that the host has made.
template <class Formula>
struct Made {
    Formula formula;

    __device__ const Formula& operator()() const { return formula; }
};

template <class Make, class... Tensor>
__global__ void __launch_bounds__(threads_of_elements)
    apply_to_elements(int64_t begin, int64_t end, Make make, Tensor... tensors) {
    const int64_t first =
        begin + (int64_t(blockIdx.x) * threads_of_elements + threadIdx.x) * elements_of_thread;
    if (first < end) apply(make(), first, end, Loaded<Tensor>{tensors, {}}...);
}

template <class Make, class... Tensor>
void elementwise_made(void* stream, int64_t begin, int64_t end, Make make, Tensor... tensors) {
    if (end <= begin) return;
    launch(
        apply_to_elements<Make, Tensor...>, unsigned((end - begin + elements_of_block - 1) / elements_of_block),
        threads_of_elements, 0, stream, begin, end, make, tensors...);
}

template <class Formula, class... Tensor>
void elementwise(void* stream, int64_t begin, int64_t end, Formula formula, Tensor... tensors) {
    elementwise_made(stream, begin, end, Made<Formula>{formula}, tensors...);
}

// Where a row of a table has a tensor: the columns of its type and its address.
template <class Tensor>
struct Column {
    int type, data;

    __device__ Tensor operator()(const TableRow& row) const { return {row.type(type), row.data(data)}; }
};

struct ScaledColumn {
    int type, data;
    double scale;
    const float* factor;

    __device__ ReadScaled operator()(const TableRow& row) const { return {row.type(type), row.data(data), scale, factor}; }
};

struct WeightsColumn {
    int type, data, master;

    __device__ Weights operator()(const TableRow& row) const {
        return {row.type(type), row.data(data), row.data<float>(master)};
    }
};

template <class Make, class... Columns>
__global__ void __launch_bounds__(threads_of_elements) apply_to_table(TensorTable table, Make make, Columns... columns) {
    const TableRow row = table.row_of(blockIdx.x);
    const int64_t block = int64_t(blockIdx.x) - row.first_block();
    const int64_t first = block * elements_of_block + int64_t(threadIdx.x) * elements_of_thread;
    if (first < row.elements()) apply(make(), first, row.elements(), Loaded<decltype(columns(row))>{columns(row), {}}...);
}

template <class Make, class... Columns>
void elementwise_many_made(void* stream, const TensorTable& table, Make make, Columns... columns) {
    launch(
        apply_to_table<Make, Columns...>, unsigned(table.blocks), threads_of_elements, 0, stream, table, make, columns...);
}

template <class Formula, class... Columns>
void elementwise_many(void* stream, const TensorTable& table, Formula formula, Columns... columns) {
    elementwise_many_made(stream, table, Made<Formula>{formula}, columns...);
}

}
