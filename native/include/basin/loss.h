// Losses over a row of logits. Rows are examples; a stride is the distance between rows, in elements.
//
// Common to all functions here:
//   *_type        storage type (basin/types.h): logits and gradient f32 or bf16, weights, losses and lse f32, target
//                 probabilities f32 or bf16. Arithmetic is f32.
//   losses, lse   [rows], or null; argmax [rows], or null: the lowest index of the largest logit that is not NaN
//   grad_logits   [rows, classes], or null for the forward pass alone; may be the logits themselves, at the same stride
//   row_weights   [rows], or null = 1; multiplies loss and gradient of its row
//   grad_factor   one f32 in the backend's memory, or null = 1; multiplies the gradient beside grad_scale
//   A row with targets == ignore_index has loss 0 and gradient 0; its lse and argmax are still given.
//   A row with a NaN, a +inf, or nothing but -inf has a NaN loss and gradient; other rows are untouched.
#ifndef BASIN_LOSS_H
#define BASIN_LOSS_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// Softmax cross-entropy with class weights c, label smoothing s and log-Z penalty l, z = logit_scale * logits:
//   t = (1 - s) * onehot(target) + s / classes
//   loss = row_weight * (sum_k c_k t_k (lse - z_k) + l * lse^2)
//   grad = grad_scale * grad_factor * row_weight * logit_scale * (p_k (sum_j c_j t_j + 2 l lse) - c_k t_k)
// Smoothing and weights as in PyTorch's cross_entropy; the penalty as in PaLM (arXiv 2204.02311, section 5).
BASIN_EXPORT void basin_cross_entropy_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride,
    const int32_t* targets,
    int32_t weights_type, const void* row_weights, const void* class_weights,
    int32_t loss_type, void* losses, void* lse, int32_t* argmax,
    int32_t grad_type, void* grad_logits, int64_t grad_stride,
    const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double logit_scale, double label_smoothing, double log_z_penalty, double grad_scale, int32_t ignore_index);

// The gradient of basin_cross_entropy_forward_backward from an lse that its forward pass saved.
BASIN_EXPORT void basin_cross_entropy_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride,
    const int32_t* targets,
    int32_t weights_type, const void* row_weights, const void* class_weights,
    int32_t lse_type, const void* lse,
    int32_t grad_type, void* grad_logits, int64_t grad_stride,
    const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double logit_scale, double label_smoothing, double log_z_penalty, double grad_scale, int32_t ignore_index);

// Cross-entropy against target probabilities q >= 0, which need not sum to 1:
//   t = (1 - s) * q + s * (sum q) / classes
//   loss = row_weight * (sum_k t_k (lse - z_k) + l * lse^2), and the gradient as above with c = 1.
BASIN_EXPORT void basin_soft_cross_entropy_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride,
    int32_t targets_type, const void* target_probabilities, int64_t targets_stride,
    int32_t weights_type, const void* row_weights,
    int32_t loss_type, void* losses, void* lse, int32_t* argmax,
    int32_t grad_type, void* grad_logits, int64_t grad_stride,
    const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double logit_scale, double label_smoothing, double log_z_penalty, double grad_scale);

// The gradient of basin_soft_cross_entropy_forward_backward from an lse that its forward pass saved.
BASIN_EXPORT void basin_soft_cross_entropy_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride,
    int32_t targets_type, const void* target_probabilities, int64_t targets_stride,
    int32_t weights_type, const void* row_weights,
    int32_t lse_type, const void* lse,
    int32_t grad_type, void* grad_logits, int64_t grad_stride,
    const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double logit_scale, double label_smoothing, double log_z_penalty, double grad_scale);

// Focal loss in its softmax form (Lin et al., arXiv 1708.02002), p = softmax(logits), u = -log p_target, class weights
// alpha:
//   loss = row_weight * alpha_target * (1 - p_target)^gamma * u
//   grad = grad_scale * grad_factor * row_weight * a (p_k - [k = target])
//   a = alpha_target ((1 - p_target)^gamma + gamma p_target (1 - p_target)^(gamma - 1) u)
// gamma = 0 is cross-entropy to the bit.
BASIN_EXPORT void basin_focal_cross_entropy_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride,
    const int32_t* targets,
    int32_t weights_type, const void* row_weights, const void* class_weights,
    int32_t loss_type, void* losses, void* lse, int32_t* argmax,
    int32_t grad_type, void* grad_logits, int64_t grad_stride,
    const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double gamma, double grad_scale, int32_t ignore_index);

// Comp-sum losses (Mao, Mohri and Zhong, arXiv 2304.07288), p = softmax(logits / rho), u = -log p_target:
//   tau = 1: u;  else: expm1((1 - tau) u) / (1 - tau)
//   grad = grad_scale * grad_factor * row_weight * p_target^(tau - 1) (p_k - [k = target]) / rho
// tau = 0 is the sum-exponential loss, 1 cross-entropy, between 1 and 2 generalised cross-entropy, 2 the mean absolute
// error. Below 1 the loss and gradient of a row grow as p_target^(tau - 1), and beyond f32 are infinite, never NaN.
BASIN_EXPORT void basin_comp_sum_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride,
    const int32_t* targets,
    int32_t weights_type, const void* row_weights,
    int32_t loss_type, void* losses, void* lse, int32_t* argmax,
    int32_t grad_type, void* grad_logits, int64_t grad_stride,
    const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double tau, double rho, double grad_scale, int32_t ignore_index);

// The same beside a penalty on how far the margins move under an attack (section 5 of the paper), with
// d_k = (h'_target - h'_k) - (h_target - h_k) for the logits h and the attacked logits h':
//   loss = row_weight * (comp_sum(h) + nu |d|);  margin_shift_norms = |d|, [rows], or null
// grad_logits and grad_adversarial_logits may each be the logits that they are gradients of. A row with an infinite
// logit has no margins: like a NaN it makes the row's results NaN.
BASIN_EXPORT void basin_smooth_adversarial_comp_sum_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride,
    const void* adversarial_logits, int64_t adversarial_stride,
    const int32_t* targets,
    int32_t weights_type, const void* row_weights,
    int32_t loss_type, void* losses, void* margin_shift_norms,
    int32_t grad_type, void* grad_logits, int64_t grad_stride,
    void* grad_adversarial_logits, int64_t grad_adversarial_stride,
    const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double tau, double rho, double nu, double grad_scale, int32_t ignore_index);

#ifdef __cplusplus
}
#endif

#endif
