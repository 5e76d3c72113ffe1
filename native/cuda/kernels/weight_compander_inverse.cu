#include "kernels.h"
#include "scalars.h"
#include "scalars/compander.h"
#include "typed.h"

namespace basin::inline BASIN_ISA {

void weight_compander_inverse(
    void* stream, int32_t weights_type, const void* weights, int32_t values_type, void* values, const double* a, const double* b,
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t curve) {
    with_curve(curve, [&]<class Curve>(Curve) {
        for_scalars(
            stream, row_begin, row_end,
            CompanderInverse<Curve, TypedValues, TypedResults>{
                {weights_type, weights}, {values_type, values}, a, b, columns});
    });
}

}
