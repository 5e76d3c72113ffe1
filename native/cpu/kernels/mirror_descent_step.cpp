#include "kernels.h"
#include "rows_beside.h"

#include "elementwise.h"
#include "formula/mirror_descent.h"

namespace basin::inline BASIN_ISA {

void mirror_descent_step(
    int32_t, const void* center, const void* grad, void* next_center, const void* hint, void* point, const double* factors,
    int64_t begin, int64_t end, int32_t domain, double lowest, double highest) {
    const Bounds bounds{domain == domain_of_box, lowest, highest};
    const Contraction first{factors[0], factors[1]};
    const Read from{static_cast<const float*>(center)}, along{static_cast<const float*>(grad)};
    const Write to{static_cast<float*>(next_center)};
    const MirrorDescent formula{first, {factors[2], factors[3]}, bounds};
    const Write second{static_cast<float*>(point)};
    if (point == nullptr) {
        elementwise(begin, end, formula, from, along, to);
    } else if (hint == nullptr) {
        elementwise(begin, end, formula, from, along, to, second);
    } else {
        elementwise(begin, end, formula, from, along, to, Read{static_cast<const float*>(hint)}, second);
    }
}

}
