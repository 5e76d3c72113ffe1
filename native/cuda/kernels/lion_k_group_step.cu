#include "formula/lion_k.h"

#include "elementwise.h"
#include "kernels.h"
#include "team.h"

namespace basin::inline BASIN_ISA {

inline constexpr unsigned threads_of_group_step = 128;

struct GroupStepCall {
    Weights weights;
    ReadScaled gradients;
    ReadWrite momentum;
    double* norms;  // or null
    int64_t group_begin, elements, group_elements;
    Lion lion;
    LionInterpolation u;
};

// A block of threads a group.
__global__ void __launch_bounds__(threads_of_group_step) step_groups(GroupStepCall call) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t begin = (call.group_begin + int64_t(blockIdx.x)) * call.group_elements;
    const int64_t end = call.elements - begin < call.group_elements ? call.elements : begin + call.group_elements;
    const int64_t own = begin + int64_t(team.rank()) * elements_of_thread, step = int64_t(team.size()) * elements_of_thread;
    double squares = 0.0;
    for (int64_t first = own; first < end; first += step) {
        Elements g, m;
        call.gradients.get(first, end, g);
        call.momentum.get(first, end, m);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) {
            const double u = double(call.u.at(g[i], m[i]));
            squares += u * u;
        }
    }
    const double norm = ::sqrt(team.combine(squares, Add{}));
    if (call.norms != nullptr && team.rank() == 0) call.norms[call.group_begin + int64_t(blockIdx.x)] = norm;
    const LionK<ByNorm> formula{call.lion, ByNorm(norm)};
    for (int64_t first = own; first < end; first += step) {
        apply(
            formula, first, end, Loaded<Weights>{call.weights, {}}, Loaded<ReadScaled>{call.gradients, {}},
            Loaded<ReadWrite>{call.momentum, {}});
    }
}

void lion_k_group_step(
    void* stream, int32_t weights_type, void* weights, float* master, int32_t gradients_type, const void* gradients,
    int32_t state_type, void* momentum, const float* grad_factor, double* norms,
    int64_t group_begin, int64_t group_end, int64_t elements, int64_t group_elements,
    double learning_rate, double beta1, double beta2, double weight_decay, double grad_scale) {
    if (group_end <= group_begin) return;
    launch(
        step_groups, unsigned(group_end - group_begin), threads_of_group_step, BlockTeam::room_bytes, stream,
        GroupStepCall{
            Weights{weights_type, weights, master}, ReadScaled{gradients_type, gradients, grad_scale, grad_factor},
            ReadWrite{state_type, momentum}, norms, group_begin, elements, group_elements,
            Lion(learning_rate, beta1, beta2, weight_decay), LionInterpolation(beta1)});
}

}
