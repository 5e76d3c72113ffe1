// FRUGAL (Zmushko et al., arXiv 2411.07837): AdamW where there is state, a rule without state elsewhere.
#pragma once

#include <stdint.h>

#include "formula/adamw.h"
#include "formula/lion.h"

namespace basin::inline BASIN_ISA {

// AdamW at a scaled rate; the decay is at the plain one.
inline AdamW frugal_adamw(
    double learning_rate, double rate_scale, double beta1, double beta2, double epsilon, double weight_decay, int64_t step) {
    AdamW formula(learning_rate * rate_scale, beta1, beta2, epsilon, 0.0, step);
    formula.shrink = float(learning_rate * weight_decay);
    return formula;
}

struct FrugalRule {
    int32_t rule;  // 0: no move, 1: by the gradient, 2: by its sign

    template <class T>
    BASIN_HD T operator()(T g) const {
        return rule == 0 ? T(0.0f) : rule == 1 ? g : sign(g);
    }
};

struct FrugalFree {
    float shrink, rate;
    FrugalRule rule;

    FrugalFree(double learning_rate, double weight_decay, double rate_scale, double free_scale, int32_t rule_number)
        : shrink(float(learning_rate * weight_decay)), rate(float(learning_rate * rate_scale * free_scale)), rule{rule_number} {}

    template <class T>
    BASIN_HD void operator()(T& w, T g) const {
        w = decayed(w, T(shrink), T(rate) * rule(g));
    }
};

struct FrugalSubspace {
    float shrink, rate, free_rate;
    FrugalRule rule;

    FrugalSubspace(double learning_rate, double weight_decay, double rate_scale, double free_scale, int32_t rule_number)
        : shrink(float(learning_rate * weight_decay)), rate(float(learning_rate * rate_scale)),
          free_rate(float(learning_rate * rate_scale * free_scale)), rule{rule_number} {}

    template <class T>
    BASIN_HD void operator()(T& w, T g, T update, T projected) const {
        w = decayed(w, T(shrink), T(free_rate) * rule(g - projected) - T(rate) * update);
    }

    template <class T>
    BASIN_HD void operator()(T& w, T, T update) const {
        w = decayed(w, T(shrink), T(-rate) * update);
    }
};

// Where the moments of an element lie.
struct FrugalPlaces {
    const int32_t* indices;  // ascending
    int64_t periods, selected, width, units;

    // The number of the first selected unit of a period from this one on.
    BASIN_HD int64_t from(int64_t unit) const {
        int64_t low = 0, high = selected;
        while (low < high) {
            const int64_t middle = (low + high) / 2;
            if (int64_t(indices[middle]) < unit) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    BASIN_HD bool is_selected(int64_t number, int64_t unit) const {
        return number < selected && int64_t(indices[number]) == unit;
    }

    BASIN_HD int64_t place(int64_t period, int64_t number, int64_t lane) const {
        return (period * selected + number) * width + lane;
    }
};

}
