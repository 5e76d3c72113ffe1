#include "formula/frugal.h"

#include <algorithm>

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

constexpr int64_t frugal_piece = 512;

// Selected weights of a piece, side by side; they come from the tensor before the others' step and return after it.
template <class S>
struct GatheredWeights {
    S* data;
    S values[frugal_piece];

    explicit GatheredWeights(ReadWrite<S> weights) : data(weights.data) {}
    void take(int64_t i, int64_t element) { values[i] = data[element]; }
    void put(int64_t i, int64_t element) const { data[element] = values[i]; }
    auto tensor() { return ReadWrite{values}; }
};

struct GatheredMaster {
    Mastered weights;
    float values[frugal_piece];
    BFloat16 halves[frugal_piece];

    explicit GatheredMaster(Mastered given) : weights(given) {}
    void take(int64_t i, int64_t element) { values[i] = weights.master[element]; }
    void put(int64_t i, int64_t element) const {
        weights.master[element] = values[i];
        if (weights.type == BASIN_BF16) {
            static_cast<BFloat16*>(weights.data)[element] = halves[i];
        } else {
            static_cast<float*>(weights.data)[element] = values[i];
        }
    }
    // Halves are made even for f32 weights, and then not used.
    auto tensor() { return Mastered{BASIN_BF16, halves, values}; }
};

template <class S>
GatheredWeights<S> gathered(ReadWrite<S> weights) { return GatheredWeights<S>(weights); }
inline GatheredMaster gathered(Mastered weights) { return GatheredMaster(weights); }

template <class Tensor, class G>
struct FrugalPass {
    Tensor weights;
    const G* gradients;
    float factor;
    float *first, *second;
    FrugalPlaces places;
    AdamW adamw;
    FrugalFree free;
    bool is_first;

    void move_freely(int64_t begin, int64_t end) const {
        elementwise(begin, end, free, weights, ReadScaled{gradients, factor});
    }

    void forget(int64_t place, int64_t count) const {
        if (!is_first) return;
        std::fill_n(first + place, count, 0.0f);
        std::fill_n(second + place, count, 0.0f);
    }

    // Part of one unit.
    void move_unit(int64_t period, int64_t unit, int64_t begin, int64_t end) const {
        const int64_t number = period < places.periods ? places.from(unit) : places.selected;
        if (!places.is_selected(number, unit)) {
            move_freely(begin, end);
            return;
        }
        const int64_t place = places.place(period, number, begin % places.width);
        forget(place, end - begin);
        elementwise(
            0, end - begin, adamw, weights.from(begin), ReadScaled{gradients + begin, factor}, ReadWrite{first + place},
            ReadWrite{second + place});
    }

    // Elements of one period, each a unit, a piece at a time.
    void move_period(int64_t period, int64_t begin, int64_t end) const {
        const int64_t start = period * places.units;
        const bool is_whole = period < places.periods;
        int64_t number = is_whole ? places.from(begin - start) : 0;
        const int64_t last = is_whole ? places.selected : 0;
        while (begin < end) {
            const int64_t next = std::min(end, begin + frugal_piece);
            number += move_piece(period, begin, next, number, std::min(last - number, next - begin));
            begin = next;
        }
    }

    // Returns how many were selected, of no more than `most`.
    int64_t move_piece(int64_t period, int64_t begin, int64_t end, int64_t number, int64_t most) const {
        const int64_t start = period * places.units;
        const int32_t* const chosen = places.indices + number;
        auto selected = gathered(weights.from(start));
        G selected_gradients[frugal_piece];
        int64_t count = 0;
        for (; count < most; ++count) {
            const int64_t element = start + chosen[count];
            if (element < begin || element >= end) break;
            selected.take(count, chosen[count]);
            selected_gradients[count] = gradients[element];
        }
        move_freely(begin, end);
        if (count == 0) return 0;
        const int64_t place = places.place(period, number, 0);
        forget(place, count);
        elementwise(
            0, count, adamw, selected.tensor(), ReadScaled{static_cast<const G*>(selected_gradients), factor},
            ReadWrite{first + place}, ReadWrite{second + place});
        for (int64_t i = 0; i < count; ++i) selected.put(i, chosen[i]);
        return count;
    }

    void operator()(int64_t begin, int64_t end) const {
        const int64_t line = places.width == 1 ? places.units : places.width;
        while (begin < end) {
            const int64_t next = std::min(end, (begin / line + 1) * line);
            if (places.width == 1) {
                move_period(begin / line, begin, next);
            } else {
                move_unit(begin / line / places.units, begin / line % places.units, begin, next);
            }
            begin = next;
        }
    }
};

void frugal_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    const int32_t* selected_indices, int32_t, void* first_moment, void* second_moment, const float* grad_factor,
    int64_t begin, int64_t end, int64_t periods, int64_t selected, int64_t width, int64_t units,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, double rate_scale,
    double free_scale, int32_t rule, double grad_scale, int64_t step) {
    with_weights(weights_type, weights, master, [&](auto w) {
        with_storage(gradients_type, [&]<class G>(G) {
            const FrugalPass<decltype(w), G> pass{
                w, static_cast<const G*>(gradients), float(folded(grad_scale, grad_factor)),
                static_cast<float*>(first_moment), static_cast<float*>(second_moment),
                {selected_indices, periods, selected, width, units},
                frugal_adamw(learning_rate, rate_scale, beta1, beta2, epsilon, weight_decay, step),
                FrugalFree(learning_rate, weight_decay, rate_scale, free_scale, rule), step == 1};
            pass(begin, end);
        });
    });
}

void frugal_subspace_step(
    int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t, const void* update, const void* projected, const float* grad_factor, int64_t begin, int64_t end,
    double learning_rate, double weight_decay, double rate_scale, double free_scale, int32_t rule, double grad_scale) {
    const FrugalSubspace formula(learning_rate, weight_decay, rate_scale, free_scale, rule);
    const float factor = float(folded(grad_scale, grad_factor));
    with_weights(weights_type, weights, master, [&](auto w) {
        with_storage(gradients_type, [&]<class G>(G) {
            const ReadScaled g{static_cast<const G*>(gradients), factor};
            const Read u{static_cast<const float*>(update)};
            if (projected == nullptr) {
                elementwise(begin, end, formula, w, g, u);
            } else {
                elementwise(begin, end, formula, w, g, u, Read{static_cast<const float*>(projected)});
            }
        });
    });
}

}
