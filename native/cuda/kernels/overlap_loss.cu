#include "kernels.h"
#include "scalars.h"
#include "scalars/overlap.h"

namespace basin::inline BASIN_ISA {

void overlap_loss(
    void* stream,
    int32_t value_type, const void* logits, const void* targets, const int32_t* labels, const int32_t* mask,
    const double* batch_shared, const double* batch_size, void* losses, void* grad_logits,
    int64_t row_begin, int64_t row_end, int64_t classes,
    int32_t tversky, int32_t squared, double alpha, double gamma, double false_positive, double false_negative, double grad_scale) {
    for_scalars(
        stream, row_begin, row_end,
        OverlapGradient{
            OverlapRows{
                {value_type, logits}, {value_type, targets}, labels, mask, classes,
                Overlap{tversky != 0, squared != 0, alpha, gamma, false_positive, false_negative}},
            batch_shared, batch_size, {value_type, losses}, {value_type, grad_logits}, grad_scale});
}

}
