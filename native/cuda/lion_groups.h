// The groups of Lion-K on the device: neighbours with a norm of their own, a block of threads each; the last may be shorter.
#pragma once

#include "elementwise.h"
#include "formula/lion_k.h"
#include "team.h"

namespace basin::inline BASIN_ISA {

inline constexpr unsigned threads_of_group = 128;

struct LionGroups {
    double* norms;  // or null
    int64_t group_begin, elements, group_elements;

    // map(slope, first, end) for this thread's neighbours of the block's group, by the norm of the numbers that get(first, end, x)
    // brings.
    template <class Get, class Map>
    __device__ void visit(Get get, Map map) const {
        const BlockTeam team{{reinterpret_cast<double*>(shared_memory())}};
        const int64_t group = group_begin + int64_t(blockIdx.x), begin = group * group_elements;
        const int64_t end = elements - begin < group_elements ? elements : begin + group_elements;
        const int64_t own = begin + int64_t(team.rank()) * elements_of_thread;
        const int64_t step = int64_t(team.size()) * elements_of_thread;
        double squares = 0.0;
        for (int64_t first = own; first < end; first += step) {
            Elements x;
            get(first, end, x);
#pragma unroll
            for (int i = 0; i < elements_of_thread; ++i) squares += double(x[i]) * double(x[i]);
        }
        const double norm = ::sqrt(team.combine(squares, Add{}));
        if (norms != nullptr && team.rank() == 0) norms[group] = norm;
        const ByNorm slope(norm);
        for (int64_t first = own; first < end; first += step) map(slope, first, end);
    }
};

template <class Call>
void launch_groups(void (*kernel)(Call), void* stream, int64_t group_begin, int64_t group_end, const Call& call) {
    if (group_end <= group_begin) return;
    launch(kernel, unsigned(group_end - group_begin), threads_of_group, BlockTeam::room_bytes, stream, call);
}

}
