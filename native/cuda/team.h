// The threads that share a row: a warp, or a whole block. Sums and maxima over them are taken in an order that the number of
// threads alone decides, so results are the same on every run and every device.
#pragma once

#include "storage.h"

namespace basin::inline BASIN_ISA {

// The runtime's shuffle takes no structs.
template <class T>
__device__ T from_lane_at(T value, int distance) {
    if constexpr (sizeof(T) == 4) {
        return bits_as<T>(__shfl_xor_sync(whole_warp, bits_as<unsigned>(value), distance));
    } else {
        return bits_as<T>(__shfl_xor_sync(whole_warp, bits_as<unsigned long long>(value), distance));
    }
}

template <class T, class Combine>
__device__ T combine_warp(T value, Combine combine) {
#pragma unroll
    for (int distance = warp / 2; distance > 0; distance /= 2) {
        value = combine(value, from_lane_at(value, distance));
    }
    return value;
}

struct Add {
    template <class T>
    __device__ T operator()(T a, T b) const { return a + b; }
};

struct TakeLarger {
    __device__ float operator()(float a, float b) const { return a > b ? a : b; }
};

struct WarpTeam {
    __device__ int rank() const { return int(threadIdx.x) % warp; }
    __device__ int size() const { return warp; }

    template <class T, class Combine>
    __device__ T combine(T value, Combine of) const { return combine_warp(value, of); }

    // Sums in f32 over a warp, and in f64 over warps.
    template <int count>
    __device__ void combine_sums(const float* own, double* sums) const {
#pragma unroll
        for (int i = 0; i < count; ++i) sums[i] = double(combine_warp(own[i], Add{}));
    }
};

struct BlockTeam {
    SharedArray<double> room;  // most_sums for each warp

    static constexpr int most_sums = 3;
    static constexpr size_t room_bytes = most_sums * warp * sizeof(double);

    __device__ int rank() const { return int(threadIdx.x); }
    __device__ int size() const { return int(blockDim.x); }

    // Every thread gets the result. The first barrier keeps the room of the combination before.
    template <class T, class Combine>
    __device__ T combine(T value, Combine of) const {
        static_assert(sizeof(T) <= sizeof(double));
        const SharedArray<T> slots{reinterpret_cast<T*>(room.data)};
        const T own = combine_warp(value, of);
        const int warps = size() / warp;
        __syncthreads();
        if (rank() % warp == 0) slots.set(rank() / warp, own);
        __syncthreads();
        T all = slots.get(0);
        for (int i = 1; i < warps; ++i) all = of(all, slots.get(i));
        return all;
    }

    // Several sums at a time, for the barriers of one; in f32 over a warp, and in f64 over warps.
    template <int count>
    __device__ void combine_sums(const float* own, double* sums) const {
        static_assert(count <= most_sums);
        const int warps = size() / warp;
#pragma unroll
        for (int k = 0; k < count; ++k) sums[k] = double(combine_warp(own[k], Add{}));
        __syncthreads();
        if (rank() % warp == 0) {
            for (int k = 0; k < count; ++k) room.set(k * warp + rank() / warp, sums[k]);
        }
        __syncthreads();
#pragma unroll
        for (int k = 0; k < count; ++k) {
            sums[k] = room.get(k * warp);
            for (int i = 1; i < warps; ++i) sums[k] += room.get(k * warp + i);
        }
    }

    // What compute() says, asked by one thread for all; a T of floats.
    template <class T, class Compute>
    __device__ T compute_once(Compute compute) const {
        constexpr int count = int(sizeof(T) / sizeof(float));
        static_assert(sizeof(T) <= room_bytes);
        const SharedArray<float> slots{reinterpret_cast<float*>(room.data)};
        float values[count];
        __syncthreads();
        if (rank() == 0) {
            const T own = compute();
            memcpy(values, &own, sizeof own);
            for (int i = 0; i < count; ++i) slots.set(i, values[i]);
        }
        __syncthreads();
        for (int i = 0; i < count; ++i) values[i] = slots.get(i);
        T result;
        memcpy(&result, values, sizeof result);
        return result;
    }
};

// The largest value, and the lowest index among equals; a NaN is never larger.
struct Best {
    float value;
    int32_t index;  // -1: none yet
};

struct TakeBest {
    __device__ Best operator()(Best a, Best b) const {
        const bool second = a.index < 0 || (b.index >= 0 && (b.value > a.value || (b.value == a.value && b.index < a.index)));
        return second ? b : a;
    }
};

}
