#include "formula/adafactor.h"

#include "block_sums.h"
#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

// Moves the second moments on the way.
struct SquaredUpdate {
    AdafactorMoment formula;
    ReadScaled gradients;
    ReadWrite moments;

    __device__ double operator()(int64_t first, int64_t end) const {
        Elements g, v;
        double total = 0.0;
        gradients.get(first, end, g);
        moments.get(first, end, v);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) {
            const double u = double(formula(g[i], v[i]));
            if (first + i < end) total += u * u;
        }
        moments.put(first, end, v);
        return total;
    }
};

void adafactor_vector_moments(
    void* stream, int32_t gradients_type, const void* gradients, int32_t, void* moments, double* partials,
    const float* grad_factor, int64_t block_begin, int64_t block_end, int64_t elements, double decay, double epsilon1,
    double grad_scale) {
    sums_of_blocks(
        stream, partials, block_begin, block_end, elements,
        Made<SquaredUpdate>{
            {AdafactorMoment(decay, epsilon1), {gradients_type, gradients, grad_scale, grad_factor}, {BASIN_F32, moments}}});
}

struct MakeVectorStep {
    double learning_rate, beta1, weight_decay;
    const double* rates;

    __device__ AdafactorVectorStep operator()() const { return {{learning_rate, beta1, weight_decay, rates}}; }
};

void adafactor_vector_step(
    void* stream, int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t, const void* moments, void* momentum, const double* rates, const float* grad_factor,
    int64_t begin, int64_t end, double learning_rate, double beta1, double weight_decay, double grad_scale) {
    const MakeVectorStep make{learning_rate, beta1, weight_decay, rates};
    const Weights w{weights_type, weights, master};
    const ReadScaled g{gradients_type, gradients, grad_scale, grad_factor};
    const Read moment{BASIN_F32, moments};
    if (momentum == nullptr) {
        elementwise_made(stream, begin, end, make, w, g, moment);
    } else {
        elementwise_made(stream, begin, end, make, w, g, moment, ReadWrite{BASIN_F32, momentum});
    }
}

}
