#include "formula/lion_k.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

// The statistics lie in the device's memory.
template <class Slope>
struct MakeStatisticalStep {
    Lion lion;
    MakeSlope<Slope> make;

    __device__ LionK<OppositeSlope<Slope>> operator()() const { return {lion, {make()}}; }
};

void lion_k_statistical_step(
    void* stream, int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum, const double* statistics, const float* grad_factor, int64_t begin, int64_t end,
    int32_t kind, double learning_rate, double beta1, double beta2, double weight_decay, double smoothing, double power,
    double grad_scale) {
    const Lion lion(learning_rate, beta1, beta2, weight_decay);
    with_statistical_slope(kind, statistics, smoothing, power, [&]<class Slope>(MakeSlope<Slope> make) {
        elementwise_made(
            stream, begin, end, MakeStatisticalStep<Slope>{lion, make}, Weights{weights_type, weights, master},
            ReadScaled{gradients_type, gradients, grad_scale, grad_factor}, ReadWrite{state_type, momentum});
    });
}

}
