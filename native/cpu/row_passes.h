// The loops of the row driver over a chunk of a row, one idea each.
#pragma once

#include "storage.h"

namespace basin::inline BASIN_ISA {

// The largest logit that is not NaN; -inf if there is none.
template <class L>
BASIN_HD float chunk_maximum(const L* x, int64_t n) {
    const Float nothing(-infinity);
    Float a = nothing, b = nothing;
    int64_t i = 0;
    for (; i + 2 * lanes <= n; i += 2 * lanes) {
        a = max(load(x + i), a);
        b = max(load(x + i + lanes), b);
    }
    for_vectors(n - i, [&](int64_t k, auto span) { a = max(load(x + i + k, span, nothing), a); });
    return largest(max(a, b));
}

// The lowest index of `value`, or -1. A chunk's indices are exact in f32.
template <class L>
int64_t index_of(const L* x, int64_t n, float value) {
    const Float wanted(value), nowhere(infinity), step(static_cast<float>(lanes));
    Float index = lane_numbers(), lowest = nowhere;
    for_vectors(n, [&](int64_t i, auto span) {
        lowest = min(lowest, select(load(x + i, span, Float(not_a_number)) == wanted, index, nowhere));
        index = index + step;
    });
    const float found = smallest(lowest);
    return found == infinity ? -1 : static_cast<int64_t>(found);
}

// e^((x - reference) scale), x being at most the reference; the common scale of 1 costs nothing.
template <bool scaled>
struct Exponential {
    Float reference, scale;

    BASIN_HD Float operator()(Float x) const {
        const Float below = x - reference;
        return exp(scaled ? below * scale : below);
    }
};

template <class Body>
BASIN_HD auto with_exponential(float reference, double scale, Body body) {
    const Float from(reference), by(static_cast<float>(scale));
    return scale == 1.0 ? body(Exponential<false>{from, by}) : body(Exponential<true>{from, by});
}

// Where the first pass leaves exponentials for the second: in an f32 gradient, which ends where the row does; in a tile,
// whole vectors at a time, since a partial store stalls the load that follows it; or nowhere, to be computed again.
struct InGradient {
    float* place;

    InGradient operator+(int64_t n) const { return {place + n}; }
    template <class Span>
    BASIN_HD void keep(int64_t i, Span span, Float e) const { store(place + i, span, e); }
    template <class Span>
    BASIN_HD Float get(int64_t i, Span span) const { return load(place + i, span, Float(0.0f)); }
};

struct InTile {
    float* place;

    InTile operator+(int64_t n) const { return {place + n}; }
    template <class Span>
    BASIN_HD void keep(int64_t i, Span, Float e) const { store(place + i, e); }
    template <class Span>
    BASIN_HD Float get(int64_t i, Span) const { return load(place + i); }
};

struct Nowhere {
    Nowhere operator+(int64_t) const { return {}; }
    template <class Span>
    BASIN_HD void keep(int64_t, Span, Float) const {}
};

// Adds the exponentials of some logits to `total`, keeps them, and asks for the cache lines that the next chunk's maximum
// will read: this loop computes, that one waits for memory.
template <class L, class E, class Place>
BASIN_HD void add_exponentials(
    const L* x, int64_t n, const E& exponential, const Place& place, const L* next, Float& total) {
    Float running = total;
    for_vectors(n, [&](int64_t i, auto span) {
        __builtin_prefetch(next + i);
        const Float e = exponential(load(x + i, span, Float(-infinity)));
        place.keep(i, span, e);
        running = running + e;
    });
    total = running;
}

// The sum of a chunk's exponentials without that of the pivot, an index in the chunk or outside of it. Taken out
// before the sum, not subtracted from it: 1 - p is then exact however close to 1 the pivot's probability is.
template <class L, class E, class Place>
double sum_of_others(
    const L* x, int64_t n, int64_t pivot, const E& exponential, const Place& place, const L* next) {
    Float total(0.0f);
    int64_t done = 0;
    if (pivot >= 0 && pivot < n) {
        const int64_t first = pivot / lanes * lanes;
        add_exponentials(x, first, exponential, place, next, total);
        const auto add_all_but_pivot = [&](auto span) {
            const Float e = exponential(load(x + first, span, Float(-infinity)));
            place.keep(first, span, e);
            total = total + select(lane_numbers() == Float(static_cast<float>(pivot - first)), Float(0.0f), e);
        };
        if (first + lanes <= n) {
            add_all_but_pivot(All{});
        } else {
            add_all_but_pivot(First{n - first});
        }
        done = first + lanes <= n ? first + lanes : n;
    }
    add_exponentials(x + done, n - done, exponential, place + done, next + done, total);
    return double(sum(total));
}

// What a formula with smoothing or target probabilities needs of a chunk: sums of the distances to the reference.
struct Gaps {
    double weighted = 0.0;  // sum w (reference - x), absent where w = 0
    double plain = 0.0;     // sum (reference - x)
    double weights = 0.0;   // sum w
    double count = 0.0;

    void operator+=(const Gaps& chunk) {
        weighted += chunk.weighted;
        plain += chunk.plain;
        weights += chunk.weights;
        count += chunk.count;
    }
};

template <class L, class W>
Gaps chunk_gaps(const L* x, const W* w, int64_t n, float reference) {
    const Float zero(0.0f), top(reference);
    Float weighted = zero, plain = zero, weights = zero;
    for_vectors(n, [&](int64_t i, auto span) {
        const Float gap = top - load(x + i, span, top);
        const Float weight = load(w + i, span, zero);
        weighted = weighted + select(weight == zero, zero, weight * gap);
        plain = plain + gap;
        weights = weights + weight;
    });
    return {sum(weighted), sum(plain), sum(weights), double(n)};
}

template <class L>
Gaps chunk_gaps(const L* x, int64_t n, float reference) {
    const Float top(reference);
    Float plain(0.0f);
    for_vectors(n, [&](int64_t i, auto span) { plain = plain + (top - load(x + i, span, top)); });
    const double gap = sum(plain);
    return {gap, gap, double(n), double(n)};
}

// Exponentials computed as the second pass reads them.
template <class L, class E>
struct ComputedExponentials {
    const L* x;
    E exponential;

    template <class Span>
    BASIN_HD Float get(int64_t i, Span span) const { return exponential(load(x + i, span, Float(0.0f))); }
};

// Exponentials times a number first, where one f32 cannot hold the whole factor.
template <class Source>
struct Amplified {
    const Source& source;
    float amplifier;

    template <class Span>
    BASIN_HD Float get(int64_t i, Span span) const { return source.get(i, span) * Float(amplifier); }
};

// Rounded to f32; what is too large becomes the largest number, so that 0 times it stays 0.
inline float saturated(double x) {
    constexpr double most = double(std::numeric_limits<float>::max());
    return float(x > most ? most : x < -most ? -most : x);
}

// gradient = factor e - uniform
template <class Source, class G>
void write_gradient(const Source& source, int64_t n, float factor, float uniform, G* gradient) {
    const Float by(factor), less(uniform);
    if (uniform == 0.0f) {
        for_vectors(n, [&](int64_t i, auto span) { store(gradient + i, span, by * source.get(i, span)); });
    } else {
        for_vectors(n, [&](int64_t i, auto span) { store(gradient + i, span, by * source.get(i, span) - less); });
    }
}

// gradient = factor e - weighted w - uniform
template <class Source, class W, class G>
void write_gradient(
    const Source& source, const W* w, int64_t n, float factor, float weighted, float uniform, G* gradient) {
    const Float by(factor), per_weight(-weighted), less(-uniform);
    for_vectors(n, [&](int64_t i, auto span) {
        const Float subtracted = fma(per_weight, load(w + i, span, Float(0.0f)), less);
        store(gradient + i, span, fma(by, source.get(i, span), subtracted));
    });
}

}
