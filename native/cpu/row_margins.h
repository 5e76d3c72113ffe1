// The loops over a pair of rows, logits and attacked logits, that the margins' shift needs:
//   d_k = (h'_y - h'_k) - (h_y - h_k) = shift - (h'_k - h_k),   shift = h'_y - h_y
// In f64, where these differences are exact: a weak attack moves margins by less than the logits' own rounding.
#pragma once

#include "row_passes.h"

namespace basin::inline BASIN_ISA {

struct MarginShift {
    double squared = 0.0;  // sum_k d_k^2
    double total = 0.0;    // sum_k d_k; the target's own d is 0
};

// The target's logits are kept: a gradient may be written over them. Lanes of a partial vector that lie beyond the row
// hold them too, so that their d is 0.
template <class L>
struct AttackedRow {
    const L* logits;
    const L* attacked;
    int64_t classes;
    Float target, attacked_target;
    double shift;

    AttackedRow(const L* clean, const L* after_attack, int64_t n, int64_t y)
        : logits(clean), attacked(after_attack), classes(n), target(widen(clean[y])),
          attacked_target(widen(after_attack[y])), shift(double(widen(after_attack[y])) - double(widen(clean[y]))) {}

    BASIN_HD Double moved(Float before, Float after) const { return shift - (widen(after) - widen(before)); }
};

template <class L>
MarginShift sum_margin_shifts(const AttackedRow<L>& row) {
    Double squared{}, total{};
    for_vectors(row.classes, [&](int64_t i, auto span) {
        const Double d = row.moved(
            load(row.logits + i, span, row.target), load(row.attacked + i, span, row.attacked_target));
        squared += d * d;
        total += d;
    });
    return {sum(squared), sum(total)};
}

// gradient = factor amplifier e_k + pull d_k, attacked gradient = -pull d_k; either may be null, or the logits it belongs to.
template <class L, class G, class E>
void write_margin_gradients(
    const AttackedRow<L>& row, const E& exponential, float amplifier, float factor, double pull, G* gradient, G* attacked_gradient) {
    for_vectors(row.classes, [&](int64_t i, auto span) {
        const Float before = load(row.logits + i, span, row.target);
        const Float after = load(row.attacked + i, span, row.attacked_target);
        const Float moved = narrow(pull * row.moved(before, after));
        if (gradient != nullptr) store(gradient + i, span, fma(Float(factor), exponential(before) * Float(amplifier), moved));
        if (attacked_gradient != nullptr) store(attacked_gradient + i, span, -moved);
    });
}

}
