#include "formula/lion_k.h"

#include "kernels.h"
#include "team.h"
#include "typed_row.h"

namespace basin::inline BASIN_ISA {

inline constexpr unsigned threads_of_group = 128;

struct GroupCall {
    int32_t values_type;
    const void* values;
    int32_t directions_type;
    void* directions;
    double* norms;  // or null
    int64_t group_begin, elements, group_elements;
};

// A block of threads a group.
__global__ void __launch_bounds__(threads_of_group) map_groups(GroupCall call) {
    const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
    const int64_t group = call.group_begin + int64_t(blockIdx.x);
    const int64_t begin = group * call.group_elements;
    const int64_t end = call.elements - begin < call.group_elements ? call.elements : begin + call.group_elements;
    const int64_t own = begin + int64_t(team.rank()) * elements_of_thread, step = int64_t(team.size()) * elements_of_thread;
    double squares = 0.0;
    for (int64_t first = own; first < end; first += step) {
        Elements x;
        load_typed(call.values_type, call.values, first, end, x);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) squares += double(x[i]) * double(x[i]);
    }
    const double norm = ::sqrt(team.combine(squares, Add{}));
    const ByNorm slope(norm);
    if (call.norms != nullptr && team.rank() == 0) call.norms[group] = norm;
    for (int64_t first = own; first < end; first += step) {
        Elements x;
        load_typed(call.values_type, call.values, first, end, x);
#pragma unroll
        for (int i = 0; i < elements_of_thread; ++i) x[i] = slope(x[i]);
        store_typed(call.directions_type, call.directions, first, end, x);
    }
}

void lion_k_groups(
    void* stream, int32_t values_type, const void* values, int32_t directions_type, void* directions, double* norms,
    int64_t group_begin, int64_t group_end, int64_t elements, int64_t group_elements) {
    if (group_end <= group_begin) return;
    launch(
        map_groups, unsigned(group_end - group_begin), threads_of_group, BlockTeam::room_bytes, stream,
        GroupCall{values_type, values, directions_type, directions, norms, group_begin, elements, group_elements});
}

}
