// Skeleton 3: a row that stays in the cache, passed over some times for sums and maxima, then once for its gradient. What a
// kernel does in these passes is written once, in its formula, for this row and for the device's (cuda/row_scan.h).
#pragma once

#include "factor.h"
#include "norm_row.h"
#include "row_call.h"
#include "row_passes.h"

namespace basin::inline BASIN_ISA {

struct BestEntry {
    float value;
    int64_t index;  // the lowest of equals; -1 where there is none
};

template <class L, class G>
struct ScannedRow {
    const L* logits;
    G* gradient;  // or null
    int64_t width;

    bool wants_gradient() const { return gradient != nullptr; }
    float at(int64_t k) const { return widen(logits[k]); }

    // sum_k f(x_k) for k other than `left_out`, which may be -1; in f64.
    template <class F>
    double sum_but(int64_t left_out, F f) const {
        if (left_out < 0) return sum_between(0, width, f);
        return sum_between(0, left_out, f) + sum_between(left_out + 1, width, f);
    }

    // The same for two sums: f gives the terms of both.
    template <class F>
    void sums_but(int64_t left_out, double& first, double& second, F f) const {
        Double one{}, two{};
        if (left_out < 0) {
            add_between(0, width, one, two, f);
        } else {
            add_between(0, left_out, one, two, f);
            add_between(left_out + 1, width, one, two, f);
        }
        first = sum(one);
        second = sum(two);
    }

    // The largest entry that is not NaN.
    BestEntry best_but(int64_t left_out) const {
        if (left_out < 0) return best_between(0, width);
        const BestEntry low = best_between(0, left_out), high = best_between(left_out + 1, width);
        return high.index >= 0 && (low.index < 0 || high.value > low.value) ? high : low;
    }

    // gradient_k = f(x_k), and for the pivot and another entry, which may be -1, what is given.
    template <class F>
    void write(int64_t pivot, double pivot_value, int64_t other, double other_value, F f) const {
        for_vectors(width, [&](int64_t i, auto span) { store(gradient + i, span, f(load(logits + i, span, Float(0.0f)))); });
        if (pivot >= 0) store_one(gradient + pivot, float(pivot_value));
        if (other >= 0) store_one(gradient + other, float(other_value));
    }

private:
    template <class F>
    double sum_between(int64_t begin, int64_t end, F f) const {
        Double total{};
        for_vectors(end - begin, [&](int64_t i, auto span) {
            total += inside(widen(f(load(logits + begin + i, span, Float(0.0f)))), span);
        });
        return sum(total);
    }

    template <class F>
    void add_between(int64_t begin, int64_t end, Double& one, Double& two, F f) const {
        for_vectors(end - begin, [&](int64_t i, auto span) {
            Float first, second;
            f(load(logits + begin + i, span, Float(0.0f)), first, second);
            one += inside(widen(first), span);
            two += inside(widen(second), span);
        });
    }

    BestEntry best_between(int64_t begin, int64_t end) const {
        if (end <= begin) return {-infinity, -1};
        const float value = chunk_maximum(logits + begin, end - begin);
        const int64_t index = index_of(logits + begin, end - begin, value);
        return {value, index < 0 ? -1 : begin + index};
    }
};

// A scalar of the row, as the device's rows have it too.
template <class Vector>
BASIN_HD Vector constant(double value) { return Vector(float(value)); }

struct ScanResults {
    float* losses;    // each or null
    int32_t* argmax;
};

// body(row, target, factor, index) gives the row's loss and writes the gradient times the factor, where one is wanted;
// body.skip(index), if there is one, is told of rows that do not count.
template <class L, class G, class Body>
void scan_rows_typed(const RowCall& call, const ScanResults& results, const Body& body) {
    for (int64_t index = call.row_begin; index < call.row_end; ++index) {
        const Row<L, float, G> of(call, index);
        const ScannedRow<L, G> row{of.logits, of.gradient, call.classes};
        if (results.argmax != nullptr) {
            const int64_t best = row.best_but(-1).index;
            results.argmax[index] = best < 0 ? 0 : int32_t(best);
        }
        double loss = of.ignored ? 0.0 : double(not_a_number);
        if (of.has_target()) {
            loss = body(row, of.target, of.gradient_factor, index) * of.weight;
        } else {
            if (row.wants_gradient()) fill(row.gradient, row.width, 0.0f);
            if constexpr (requires { body.skip(index); }) body.skip(index);
        }
        if (results.losses != nullptr) results.losses[index] = float(loss);
    }
}

template <class Body>
void scan_rows(
    const RowCall& call, int32_t logits_type, int32_t gradient_type, const ScanResults& results, const Body& body) {
    with_storage(logits_type, [&]<class L>(L) {
        with_storage(gradient_type, [&]<class G>(G) { scan_rows_typed<L, G>(call, results, body); });
    });
}

}
