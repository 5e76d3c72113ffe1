#include "kernels.h"
#include "row_scan.h"

#include "formula/label_distribution.h"

namespace basin::inline BASIN_ISA {

void aldr_kl_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t, const void* row_weights,
    int32_t, const void* lambda_old,
    int32_t, void* losses, void* lambda_new,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double lambda0, double alpha, double margin, double floor, int32_t normalization, double grad_scale, int32_t ignore_index) {
    const RowCall call{
        logits, logits_stride, targets, ignore_index, nullptr, 0, static_cast<const float*>(row_weights),
        grad_logits, grad_stride, folded(grad_scale, grad_factor), row_begin, row_end, classes, 1.0};
    const ScanResults results{static_cast<float*>(losses), nullptr};
    scan_rows(call, logits_type, grad_type, results, AldrKl{lambda0, alpha, floor, static_cast<const float*>(lambda_old), static_cast<float*>(lambda_new),
        LabelDistribution{margin, ScoreNorm{normalization}}});
}

}
