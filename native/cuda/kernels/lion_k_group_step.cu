#include "kernels.h"
#include "lion_groups.h"

namespace basin::inline BASIN_ISA {

struct GroupStepCall {
    LionGroups groups;
    Weights weights;
    ReadScaled gradients;
    ReadWrite momentum;
    Lion lion;
    LionInterpolation u;
};

__global__ void __launch_bounds__(threads_of_group) step_groups(GroupStepCall call) {
    call.groups.visit(
        [&](int64_t first, int64_t end, Elements& x) {
            Elements m;
            call.gradients.get(first, end, x);
            call.momentum.get(first, end, m);
#pragma unroll
            for (int i = 0; i < elements_of_thread; ++i) x[i] = call.u.at(x[i], m[i]);
        },
        [&](const ByNorm& slope, int64_t first, int64_t end) {
            apply(
                LionK<ByNorm>{call.lion, slope}, first, end, Loaded<Weights>{call.weights, {}},
                Loaded<ReadScaled>{call.gradients, {}}, Loaded<ReadWrite>{call.momentum, {}});
        });
}

void lion_k_group_step(
    void* stream, int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum, const float* grad_factor, double* norms,
    int64_t group_begin, int64_t group_end, int64_t elements, int64_t group_elements,
    double learning_rate, double beta1, double beta2, double weight_decay, double grad_scale) {
    launch_groups(
        step_groups, stream, group_begin, group_end,
        GroupStepCall{
            LionGroups{norms, group_begin, elements, group_elements}, Weights{weights_type, weights, master},
            ReadScaled{gradients_type, gradients, grad_scale, grad_factor}, ReadWrite{state_type, momentum},
            Lion(learning_rate, beta1, beta2, weight_decay), LionInterpolation(beta1)});
}

}
