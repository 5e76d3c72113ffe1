#include "kernels.h"
#include "row_scan.h"

#include "formula/label_distribution.h"

namespace basin::inline BASIN_ISA {

void ldr_kl_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t, const void* row_weights,
    int32_t, void* losses,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double lambda, int32_t uniform, double margin, int32_t normalization, double grad_scale, int32_t ignore_index) {
    const RowCall call{
        logits, logits_stride, targets, ignore_index, nullptr, 0, static_cast<const float*>(row_weights),
        grad_logits, grad_stride, folded(grad_scale, grad_factor), row_begin, row_end, classes, 1.0};
    const ScanResults results{static_cast<float*>(losses), nullptr};
    scan_rows(call, logits_type, grad_type, results, LdrKl{uniform != 0 ? HUGE_VAL : lambda, LabelDistribution{margin, ScoreNorm{normalization}}});
}

}
