#include "kernels.h"
#include "row_scan.h"

#include "formula/temperature.h"

namespace basin::inline BASIN_ISA {

void confidence_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t, const void* temperatures, const void* coefficients,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes, double lowest, double highest, double grad_scale, int32_t ignore_index) {
    const RowCall call{
        logits, logits_stride, targets, ignore_index, nullptr, 0, nullptr,
        grad_logits, grad_stride, folded(grad_scale, grad_factor), row_begin, row_end, classes, 1.0};
    scan_rows(call, logits_type, grad_type, ScanResults{nullptr, nullptr},
        ConfidenceGradient{
            static_cast<const float*>(temperatures), static_cast<const float*>(coefficients), lowest, highest});
}

}
