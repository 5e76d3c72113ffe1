#include "kernels.h"
#include "scalars.h"
#include "scalars/compander.h"
#include "typed.h"

namespace basin::inline BASIN_ISA {

void weight_compander_inverse(
    int32_t weights_type, const void* weights, int32_t values_type, void* values, const double* a, const double* b,
    int64_t row_begin, int64_t row_end, int64_t columns, int32_t curve) {
    with_curve(curve, [&]<class Curve>(Curve) {
        with_storage(weights_type, [&]<class W>(W) {
            with_storage(values_type, [&]<class S>(S) {
                for_scalars(
                    row_begin, row_end,
                    CompanderInverse<Curve, WidenedValues<W>, RoundedResults<S>>{
                        {static_cast<const W*>(weights)}, {static_cast<S*>(values)}, a, b, columns});
            });
        });
    });
}

}
