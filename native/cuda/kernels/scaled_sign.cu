#include "formula/distributed.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

struct MakeScaledSign {
    const double* scale;

    __device__ ScaledSign operator()() const { return {float(*scale)}; }
};

void scaled_sign(
    void* stream, int32_t values_type, const void* values, int32_t results_type, void* results, const double* scale,
    int64_t begin, int64_t end) {
    elementwise_made(stream, begin, end, MakeScaledSign{scale}, Read{values_type, values}, Write{results_type, results});
}

}
