#include "kernels.h"
#include "scalars.h"
#include "scalars/overlap.h"

namespace basin::inline BASIN_ISA {

void overlap_weights(
    int32_t value_type, const void* logits, const void* targets, const int32_t* labels, const int32_t* mask,
    double* weights,
    int64_t row_begin, int64_t row_end, int64_t classes,
    int32_t tversky, int32_t squared, double alpha, double gamma, double false_positive, double false_negative) {
    for_scalars(
        row_begin, row_end,
        OverlapWeights{
            OverlapRows{
                {value_type, logits}, {value_type, targets}, labels, mask, classes,
                Overlap{tversky != 0, squared != 0, alpha, gamma, false_positive, false_negative}},
            {BASIN_F64, weights}});
}

}
