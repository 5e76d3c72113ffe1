// Skeleton 4: one pass over the same range of several tensors. The formula sees a vector of each and changes those
// that it takes by reference. The end of a range goes through the same code in a padded vector, so an element's result
// depends neither on where the range was split nor on alignment.
#pragma once

#include "storage.h"

namespace basin::inline BASIN_ISA {

template <class S>
struct ReadWrite {
    S* data;

    BASIN_HD ReadWrite from(int64_t element) const { return {data + element}; }
    BASIN_HD void prefetch(int64_t i) const { __builtin_prefetch(data + i); }
    template <class Span>
    BASIN_HD Float get(int64_t i, Span span) const { return load(data + i, span, Float(0.0f)); }
    template <class Span>
    BASIN_HD void put(int64_t i, Span span, Float x) const { store(data + i, span, x); }
};

template <class S>
ReadWrite(S*) -> ReadWrite<S>;  // Clang before 17 does not deduce the arguments of aggregates

template <class S>
struct Read {
    const S* data;

    template <class Span>
    BASIN_HD Float get(int64_t i, Span span) const { return load(data + i, span, Float(0.0f)); }
    template <class Span>
    BASIN_HD void put(int64_t, Span, Float) const {}
};

template <class S>
struct Write {
    S* data;

    template <class Span>
    BASIN_HD Float get(int64_t, Span) const { return Float(0.0f); }
    template <class Span>
    BASIN_HD void put(int64_t i, Span span, Float x) const { store(data + i, span, x); }
};

// Weights that are computed in an f32 master, and stored in both. Their type is asked for at each vector, in a branch
// that is always foretold: one instance of a kernel less.
struct Mastered {
    int32_t type;
    void* data;
    float* master;

    BASIN_HD Mastered from(int64_t element) const {
        const int64_t size = type == BASIN_BF16 ? int64_t(sizeof(BFloat16)) : int64_t(sizeof(float));
        return {type, static_cast<char*>(data) + element * size, master + element};
    }
    BASIN_HD void prefetch(int64_t i) const { __builtin_prefetch(master + i); }
    template <class Span>
    BASIN_HD Float get(int64_t i, Span span) const { return load(master + i, span, Float(0.0f)); }
    template <class Span>
    BASIN_HD void put(int64_t i, Span span, Float x) const {
        store(master + i, span, x);
        if (type == BASIN_BF16) {
            store(static_cast<BFloat16*>(data) + i, span, x);
        } else {
            store(static_cast<float*>(data) + i, span, x);
        }
    }
};

template <class S>
Read(const S*) -> Read<S>;

template <class S>
Write(S*) -> Write<S>;

// Multiplied as it is read.
template <class S>
struct ReadScaled {
    const S* data;
    float factor;

    template <class Span>
    BASIN_HD Float get(int64_t i, Span span) const { return load(data + i, span, Float(0.0f)) * Float(factor); }
    template <class Span>
    BASIN_HD void put(int64_t, Span, Float) const {}
};

template <class S>
ReadScaled(const S*, float) -> ReadScaled<S>;

// Calls body with the weights of an optimizer, in place or beside their master.
template <class Body>
void with_weights(int32_t type, void* weights, float* master, Body body) {
    if (master != nullptr) {
        body(Mastered{type, weights, master});
    } else {
        with_storage(type, [&]<class S>(S) { body(ReadWrite{static_cast<S*>(weights)}); });
    }
}

template <class Tensor>
struct Element {
    Tensor tensor;
    Float value;
};

template <class Formula, class Span, class... Tensor>
BASIN_HD void apply(const Formula& formula, int64_t i, Span span, Element<Tensor>... element) {
    formula(element.value...);
    (element.tensor.put(i, span, element.value), ...);
}

template <class Formula, class... Tensor>
void elementwise(int64_t begin, int64_t end, Formula formula, Tensor... tensor) {
    for_vectors(end - begin, [&](int64_t i, auto span) {
        apply(formula, begin + i, span, Element<Tensor>{tensor, tensor.get(begin + i, span)}...);
    });
}

}
