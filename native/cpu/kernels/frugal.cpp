#include "formula/frugal.h"

#include <algorithm>
#include <bit>

#include "elementwise.h"
#include "factor.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

constexpr int64_t frugal_piece = 512;

// Which of a strip of neighbouring units are selected, a bit each; it is the same in every period.
struct FrugalStrip {
    static constexpr int64_t longest = 32 * frugal_piece;

    int64_t begin, number;  // its first unit, and how many are selected before
    uint64_t words[longest / 64 + 1];

    // Returns how many are selected before its end.
    int64_t select(const FrugalPlaces& places, int64_t first, int64_t end, int64_t before) {
        begin = first;
        number = before;
        uint64_t* word = words;
        for (; first < end; first += frugal_piece) {
            unsigned char is_selected[frugal_piece] = {};
            before = mark(places, first, std::min(end, first + frugal_piece), before, is_selected);
            for (int64_t i = 0; i < frugal_piece; i += 64) *word++ = packed(is_selected + i);
        }
        *word = 0;
        return before;
    }

    static int64_t mark(const FrugalPlaces& places, int64_t first, int64_t end, int64_t next, unsigned char* is_selected) {
        for (; next < places.selected; ++next) {
            const uint64_t place = uint64_t(int64_t(places.indices[next]) - first);
            if (place >= uint64_t(end - first)) break;
            is_selected[place] = 1;
        }
        return next;
    }

    // 64 bytes of 0 or 1 as bits: the product brings those of eight together in its highest byte.
    static uint64_t packed(const unsigned char* bytes) {
        uint64_t bits = 0;
        for (int i = 0; i < 8; ++i) {
            uint64_t eight;
            __builtin_memcpy(&eight, bytes + 8 * i, sizeof eight);
            bits |= (eight * 0x0102040810204080u >> 56) << (8 * i);
        }
        return bits;
    }

    // Which lanes of a vector that begins at a unit.
    uint32_t chosen(int64_t unit, All) const { return chosen(unit, First{lanes}); }
    uint32_t chosen(int64_t unit, First first) const {
        uint32_t bits;
        __builtin_memcpy(&bits, reinterpret_cast<const char*>(words) + (unit - begin) / 8, sizeof bits);
        return bits >> ((unit - begin) % 8) & ((1u << first.count) - 1u);
    }

    // How many are selected before a unit of it.
    int64_t number_of(int64_t unit) const {
        const int64_t place = unit - begin;
        int64_t count = number;
        for (int64_t word = 0; word < place / 64; ++word) count += std::popcount(words[word]);
        return count + std::popcount(words[place / 64] & ((uint64_t{1} << (place % 64)) - 1));
    }
};

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

    // Units of one element: strip after strip, each in all periods.
    void move_elements(int64_t begin, int64_t end) const {
        const int64_t inside = std::min(end, places.periods * places.units);
        if (begin < inside) move_periods(begin, inside);
        if (inside < end) move_freely(std::max(begin, inside), end);
    }

    void move_periods(int64_t begin, int64_t end) const {
        const int64_t period = begin / places.units, past = (end - 1) / places.units + 1;
        const bool is_one = past - period == 1;
        const int64_t first_unit = is_one ? begin % places.units / FrugalStrip::longest * FrugalStrip::longest : 0;
        const int64_t last_unit = is_one ? end - period * places.units : places.units;
        FrugalStrip strip;
        int64_t number = places.from(first_unit);
        for (int64_t left = first_unit; left < last_unit; left += FrugalStrip::longest) {
            const int64_t right = std::min(places.units, left + FrugalStrip::longest);
            number = strip.select(places, left, right, number);
            for (int64_t i = period; i < past; ++i) {
                const int64_t start = i * places.units;
                move_strip(strip, i, std::max(begin - start, left), std::min(end - start, right));
            }
        }
    }

    // Units of one period, a piece at a time.
    void move_strip(const FrugalStrip& strip, int64_t period, int64_t begin, int64_t end) const {
        if (begin >= end) return;
        int64_t number = strip.number_of(begin);
        for (; begin < end; begin += frugal_piece) {
            number += move_piece(strip, period, begin, std::min(end, begin + frugal_piece), number);
        }
    }

    // Selected weights and gradients are brought together and moved, then put among the others as these are. Meanwhile memory
    // brings the next piece. Returns how many were selected.
    int64_t move_piece(const FrugalStrip& strip, int64_t period, int64_t begin, int64_t end, int64_t number) const {
        const int64_t start = period * places.units + begin;
        const auto all = weights.from(start);
        const ReadScaled all_gradients{gradients + start, factor};
        float w[frugal_piece + lanes], g[frugal_piece + lanes];
        int64_t count = 0;
        for_vectors(end - begin, [&](int64_t i, auto span) {
            const uint32_t chosen = strip.chosen(begin + i, span);
            store(w + count, compress(all.get(i, span), chosen));
            store(g + count, compress(all_gradients.get(i, span), chosen));
            count += std::popcount(chosen);
        });
        const int64_t place = places.place(period, number, 0);
        forget(place, count);
        elementwise(0, count, adamw, ReadWrite{w}, Read<float>{g}, ReadWrite{first + place}, ReadWrite{second + place});
        int64_t put = 0;
        for_vectors(end - begin, [&](int64_t i, auto span) {
            const uint32_t chosen = strip.chosen(begin + i, span);
            Float moved = all.get(i, span);
            free(moved, all_gradients.get(i, span));
            all.put(i, span, expand(load(w + put), chosen, moved));
            put += std::popcount(chosen);
            all.prefetch(i + frugal_piece);
            __builtin_prefetch(all_gradients.data + i + frugal_piece);
        });
        return count;
    }

    void operator()(int64_t begin, int64_t end) const {
        if (places.width == 1) {
            move_elements(begin, end);
            return;
        }
        while (begin < end) {
            const int64_t unit = begin / places.width, next = std::min(end, (unit + 1) * places.width);
            move_unit(unit / places.units, unit % places.units, begin, next);
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
