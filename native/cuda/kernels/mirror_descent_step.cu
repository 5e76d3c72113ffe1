#include "elementwise.h"
#include "kernels.h"
#include "norm_row.h"

#include "formula/mirror_descent.h"

namespace basin::inline BASIN_ISA {

struct MakeMirrorDescent {
    const double* factors;
    Bounds bounds;

    __device__ MirrorDescent operator()() const {
        return {{factors[0], factors[1]}, {factors[2], factors[3]}, bounds};
    }
};

void mirror_descent_step(
    void* stream,
    int32_t, const void* center, const void* grad, void* next_center, const void* hint, void* point, const double* factors,
    int64_t begin, int64_t end, int32_t domain, double lowest, double highest) {
    const MakeMirrorDescent make{factors, {domain == domain_of_box, lowest, highest}};
    const Read from{BASIN_F32, center}, along{BASIN_F32, grad};
    const Write to{BASIN_F32, next_center};
    const Write second{BASIN_F32, point};
    if (point == nullptr) {
        elementwise_made(stream, begin, end, make, from, along, to);
    } else if (hint == nullptr) {
        elementwise_made(stream, begin, end, make, from, along, to, second);
    } else {
        elementwise_made(stream, begin, end, make, from, along, to, Read{BASIN_F32, hint}, second);
    }
}

}
