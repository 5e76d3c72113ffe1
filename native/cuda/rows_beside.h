// Rows of several f32 tensors that lie beside each other, a block a row: a formula passes over them for sums and maxima, then once for
// what it writes. It is written once for these rows and for the CPU's (cpu/rows_beside.h). A stride of 0 gives every row the same vector.
#pragma once

#include "norm_row.h"
#include "row_places.h"
#include "team.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

inline constexpr unsigned threads_of_rows_beside = 256;

template <int inputs, int outputs>
struct RowsCall {
    const void* in[inputs];
    int64_t in_stride[inputs];
    void* out[outputs];
    int64_t out_stride[outputs];
    int64_t row_begin, row_end, width;
};

template <int inputs, int outputs>
struct RowsBeside {
    BlockTeam team;
    const float* in[inputs];
    float* out[outputs];
    int64_t width;

    __device__ bool leads() const { return team.rank() == 0; }
    // To be asked before the last sum or maximum: what is written after it may lie over an input.
    __device__ float first(int input) const { return in[input][0]; }

    template <class F>
    __device__ double sum_of(F f) const {
        double total = 0.0;
        for_own([&](const float(&x)[inputs]) { total += double(f(x)); });
        return team.combine(total, Add{});
    }

    template <class F>
    __device__ void sums_of(double& first, double& second, F f) const {
        double one = 0.0, two = 0.0;
        for_own([&](const float(&x)[inputs]) {
            float a, b;
            f(x, a, b);
            one += double(a);
            two += double(b);
        });
        first = team.combine(one, Add{});
        second = team.combine(two, Add{});
    }

    template <class F>
    __device__ double largest_of(F f) const {
        float top = -infinity;
        for_own([&](const float(&x)[inputs]) {
            const float value = f(x);
            if (value > top) top = value;
        });
        return double(team.combine(top, TakeLarger{}));
    }

    __device__ double dot(int a, int b) const {
        double total = 0.0;
        for_own([&](const float(&x)[inputs]) { total += double(x[a]) * double(x[b]); });
        return team.combine(total, Add{});
    }

    template <class F>
    __device__ void write(F f) const {
        for (int64_t begin = own_first(); begin < width; begin += step()) {
            Elements x[inputs], y[outputs];
            load(begin, x);
#pragma unroll
            for (int i = 0; i < elements_of_thread; ++i) {
                float entries[inputs], results[outputs];
                for (int k = 0; k < inputs; ++k) entries[k] = x[k][i];
                f(entries, results);
                for (int k = 0; k < outputs; ++k) y[k][i] = results[k];
            }
            for (int k = 0; k < outputs; ++k) store_group(out[k], begin, width, y[k]);
        }
    }

private:
    __device__ int64_t own_first() const { return int64_t(team.rank()) * elements_of_thread; }
    __device__ int64_t step() const { return int64_t(team.size()) * elements_of_thread; }

    __device__ void load(int64_t begin, Elements (&x)[inputs]) const {
#pragma unroll
        for (int k = 0; k < inputs; ++k) load_group(in[k], begin, width, 0.0f, x[k]);
    }

    template <class F>
    __device__ void for_own(F f) const {
        for (int64_t begin = own_first(); begin < width; begin += step()) {
            Elements x[inputs];
            load(begin, x);
#pragma unroll
            for (int i = 0; i < elements_of_thread; ++i) {
                float entries[inputs];
                for (int k = 0; k < inputs; ++k) entries[k] = x[k][i];
                if (begin + i < width) f(entries);
            }
        }
    }
};

template <int inputs, int outputs, class Formula>
__global__ void __launch_bounds__(threads_of_rows_beside) rows_beside_kernel(RowsCall<inputs, outputs> call, Formula formula) {
    const int64_t index = call.row_begin + int64_t(blockIdx.x);
    RowsBeside<inputs, outputs> row{{{reinterpret_cast<double*>(shared_memory())}}, {}, {}, call.width};
    for (int k = 0; k < inputs; ++k) row.in[k] = static_cast<const float*>(call.in[k]) + index * call.in_stride[k];
    for (int k = 0; k < outputs; ++k) {
        row.out[k] = call.out[k] == nullptr ? nullptr : static_cast<float*>(call.out[k]) + index * call.out_stride[k];
    }
    formula(row, index);
}

template <int inputs, int outputs, class Formula>
void rows_beside(void* stream, const RowsCall<inputs, outputs>& call, const Formula& formula) {
    if (call.row_end <= call.row_begin) return;
    launch(
        rows_beside_kernel<inputs, outputs, Formula>, unsigned(call.row_end - call.row_begin), threads_of_rows_beside, BlockTeam::room_bytes,
        stream, call, formula);
}

}
