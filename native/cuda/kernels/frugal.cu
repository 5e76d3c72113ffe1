#include "formula/frugal.h"

#include "elementwise.h"
#include "kernels.h"
#include "scalars.h"

namespace basin::inline BASIN_ISA {

// An element a thread, which looks for its moments by halving.
struct FrugalElement {
    Weights weights;
    ReadScaled gradients;
    float *first, *second;
    FrugalPlaces places;
    AdamW adamw;
    FrugalFree free;
    bool is_first;

    __device__ void operator()(int64_t element) const {
        float w, g;
        load_one(weights.master != nullptr ? BASIN_F32 : weights.type,
            weights.master != nullptr ? weights.master : weights.data, element, w);
        load_one(gradients.type, gradients.data, element, g);
        g *= float(folded(gradients.scale, gradients.factor));
        const int64_t unit = element / places.width, period = unit / places.units, own = unit % places.units;
        const int64_t number = period < places.periods ? places.from(own) : places.selected;
        if (places.is_selected(number, own)) {
            const int64_t place = places.place(period, number, element % places.width);
            float m = is_first ? 0.0f : first[place], v = is_first ? 0.0f : second[place];
            adamw(w, g, m, v);
            first[place] = m;
            second[place] = v;
        } else {
            free(w, g);
        }
        if (weights.master != nullptr) weights.master[element] = w;
        if (weights.type == BASIN_BF16) {
            round_to(w, static_cast<BFloat16*>(weights.data)[element]);
        } else {
            static_cast<float*>(weights.data)[element] = w;
        }
    }

    __device__ static void load_one(int32_t type, const void* data, int64_t element, float& x) {
        x = type == BASIN_BF16 ? widen(static_cast<const BFloat16*>(data)[element])
                               : static_cast<const float*>(data)[element];
    }
};

void frugal_step(
    void* stream, int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    const int32_t* selected_indices, int32_t, void* first_moment, void* second_moment, const float* grad_factor,
    int64_t begin, int64_t end, int64_t periods, int64_t selected, int64_t width, int64_t units,
    double learning_rate, double beta1, double beta2, double epsilon, double weight_decay, double rate_scale,
    double free_scale, int32_t rule, double grad_scale, int64_t step) {
    for_scalars(
        stream, begin, end,
        FrugalElement{
            {weights_type, weights, master}, {gradients_type, gradients, grad_scale, grad_factor},
            static_cast<float*>(first_moment), static_cast<float*>(second_moment),
            {selected_indices, periods, selected, width, units},
            frugal_adamw(learning_rate, rate_scale, beta1, beta2, epsilon, weight_decay, step),
            FrugalFree(learning_rate, weight_decay, rate_scale, free_scale, rule), step == 1});
}

void frugal_subspace_step(
    void* stream, int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, const void* update, const void* projected, const float* grad_factor, int64_t begin, int64_t end,
    double learning_rate, double weight_decay, double rate_scale, double free_scale, int32_t rule, double grad_scale) {
    const FrugalSubspace formula(learning_rate, weight_decay, rate_scale, free_scale, rule);
    const Weights w{weights_type, weights, master};
    const ReadScaled g{gradients_type, gradients, grad_scale, grad_factor};
    const Read u{state_type, update};
    if (projected == nullptr) {
        elementwise(stream, begin, end, formula, w, g, u);
    } else {
        elementwise(stream, begin, end, formula, w, g, u, Read{state_type, projected});
    }
}

}
