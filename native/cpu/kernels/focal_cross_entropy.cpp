#include "formula/focal_cross_entropy.h"

#include "factor.h"
#include "kernels.h"
#include "row_formula.h"

namespace basin::inline BASIN_ISA {

void focal_cross_entropy_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t, const void* row_weights, const void* class_weights,
    int32_t, void* losses, void* lse, int32_t* argmax,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes, double gamma, double grad_scale, int32_t ignore_index) {
    const RowCall call{
        logits, logits_stride, targets, ignore_index, class_weights, 0, static_cast<const float*>(row_weights),
        grad_logits, grad_stride, folded(grad_scale, grad_factor), row_begin, row_end, classes, 1.0};
    const RowResults results{static_cast<float*>(losses), static_cast<float*>(lse), argmax};
    const FocalCrossEntropy formula(gamma);
    loss_of_rows(call, logits_type, BASIN_F32, grad_type, results, RowFormula(formula));
}

}
