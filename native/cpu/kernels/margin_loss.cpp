#include "kernels.h"
#include "scalars.h"
#include "scalars/margin_loss.h"

namespace basin::inline BASIN_ISA {

void margin_loss_forward_backward(
    int32_t value_type, const void* scores, const int32_t* labels, const void* drawn_derivatives,
    void* losses, void* grad_scores, void* derivatives,
    int64_t row_begin, int64_t row_end, int32_t kind, double shift, double grad_scale) {
    for_scalars(row_begin, row_end, MarginCall{
        {value_type, scores}, labels, {value_type, drawn_derivatives}, {value_type, losses}, {value_type, grad_scores},
        {value_type, derivatives}, MarginLoss{kind, shift}, grad_scale});
}

}
