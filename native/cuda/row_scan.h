// Skeleton 3 on the device: a block a row, which it passes over some times for sums and maxima, then once for its gradient.
// What a kernel does in these passes is written once, in its formula, for this row and for the CPU's (cpu/row_scan.h).
#pragma once

#include "row_call.h"
#include "row_places.h"
#include "team.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

inline constexpr unsigned threads_of_scan = 256;

struct BestEntry {
    float value;
    int64_t index;  // the lowest of equals; -1 where there is none
};

struct ScannedRow {
    BlockTeam team;
    TypedRow logits;
    int32_t gradient_type;
    void* gradient;  // or null
    int64_t width;

    __device__ bool wants_gradient() const { return gradient != nullptr; }
    // To be asked before the last sum or maximum: what is written after it may lie over the logits.
    __device__ float at(int64_t k) const { return logits[k]; }

    template <class F>
    __device__ double sum_but(int64_t left_out, F f) const {
        double total = 0.0;
        for_own([&](int64_t k, float x) {
            if (k != left_out) total += double(f(x));
        });
        return team.combine(total, Add{});
    }

    template <class F>
    __device__ void sums_but(int64_t left_out, double& first, double& second, F f) const {
        double one = 0.0, two = 0.0;
        for_own([&](int64_t k, float x) {
            if (k == left_out) return;
            float a, b;
            f(x, a, b);
            one += double(a);
            two += double(b);
        });
        first = team.combine(one, Add{});
        second = team.combine(two, Add{});
    }

    __device__ BestEntry best_but(int64_t left_out) const {
        Best own{-infinity, -1};
        for_own([&](int64_t k, float x) {
            if (k != left_out && x == x && (own.index < 0 || x > own.value)) own = {x, int32_t(k)};
        });
        const Best best = team.combine(own, TakeBest{});
        return {best.value, best.index};
    }

    template <class F>
    __device__ void write(int64_t pivot, double pivot_value, int64_t other, double other_value, F f) const {
        for (int64_t first = own_first(); first < width; first += step()) {
            Elements x;
            logits.get(first, width, x);
#pragma unroll
            for (int i = 0; i < elements_of_thread; ++i) {
                const int64_t k = first + i;
                x[i] = k == other && other >= 0 ? float(other_value) : k == pivot ? float(pivot_value) : f(x[i]);
            }
            store_typed(gradient_type, gradient, first, width, x);
        }
    }

private:
    __device__ int64_t own_first() const { return int64_t(team.rank()) * elements_of_thread; }
    __device__ int64_t step() const { return int64_t(team.size()) * elements_of_thread; }

    template <class F>
    __device__ void for_own(F f) const {
        for (int64_t first = own_first(); first < width; first += step()) {
            Elements x;
            logits.get(first, width, x);
#pragma unroll
            for (int i = 0; i < elements_of_thread; ++i) {
                if (first + i < width) f(first + i, x[i]);
            }
        }
    }
};

template <class Vector>
__device__ Vector constant(double value) { return float(value); }

struct ScanResults {
    float* losses;    // each or null
    int32_t* argmax;
};

// body(row, target, factor, index) gives the row's loss, to every thread of it, and writes the gradient times the factor, where
// one is wanted; body.skip(index), if there is one, is told of rows that do not count.
template <class Body>
__global__ void __launch_bounds__(threads_of_scan) scan_rows_kernel(RowCall call, int32_t logits_type, ScanResults results, Body body) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t index = call.row_begin + int64_t(blockIdx.x);
    const RowTarget of(call, index);
    const ScannedRow row{
        team, TypedRow(logits_type, call.logits, index * call.logits_stride), call.gradient_type,
        moved_by(index * call.gradient_stride, call.gradient_type, call.gradient), call.classes};
    if (results.argmax != nullptr) {
        const int64_t best = row.best_but(-1).index;
        if (team.rank() == 0) results.argmax[index] = best < 0 ? 0 : int32_t(best);
    }
    double loss = of.ignored ? 0.0 : double(NAN);
    if (of.has_target()) {
        loss = body(row, of.target, of.gradient_factor, index) * of.weight;
    } else {
        if (row.wants_gradient()) row.write(-1, 0.0, -1, 0.0, [](float) { return 0.0f; });
        if constexpr (requires { body.skip(index); }) {
            if (team.rank() == 0) body.skip(index);
        }
    }
    if (results.losses != nullptr && team.rank() == 0) results.losses[index] = float(loss);
}

template <class Body>
void scan_rows(void* stream, const RowCall& call, int32_t logits_type, const ScanResults& results, const Body& body) {
    if (call.row_end <= call.row_begin) return;
    launch(
        scan_rows_kernel<Body>, unsigned(call.row_end - call.row_begin), threads_of_scan, BlockTeam::room_bytes, stream, call,
        logits_type, results, body);
}

}
