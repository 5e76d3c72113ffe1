#include "formula/cross_entropy.h"

#include "kernels.h"
#include "row_backward.h"

namespace basin::inline BASIN_ISA {

void cross_entropy_forward_backward(
    void* stream, int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t, const void* row_weights, const void* class_weights,
    int32_t, void* losses, void* lse, int32_t* argmax,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double logit_scale, double label_smoothing, double log_z_penalty, double grad_scale, int32_t ignore_index) {
    const RowCall call{
        logits, logits_stride, targets, ignore_index, BASIN_F32, class_weights, 0,
        static_cast<const float*>(row_weights), grad_type, grad_logits, grad_stride, grad_scale, grad_factor, row_begin,
        row_end, classes, logit_scale};
    const RowResults results{static_cast<float*>(losses), static_cast<float*>(lse), argmax};
    loss_of_rows(stream, call, logits_type, results, CrossEntropy(label_smoothing, log_z_penalty, double(classes)));
}

void cross_entropy_backward(
    void* stream, int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t, const void* row_weights, const void* class_weights, int32_t, const void* lse,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double logit_scale, double label_smoothing, double log_z_penalty, double grad_scale, int32_t ignore_index) {
    const RowCall call{
        logits, logits_stride, targets, ignore_index, BASIN_F32, class_weights, 0,
        static_cast<const float*>(row_weights), grad_type, grad_logits, grad_stride, grad_scale, grad_factor, row_begin,
        row_end, classes, logit_scale};
    gradient_of_rows(
        stream, call, logits_type, static_cast<const float*>(lse),
        CrossEntropy(label_smoothing, log_z_penalty, double(classes)));
}

}
