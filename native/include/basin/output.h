// Losses of an output layer beside the softmax family of loss.h. What is common to all functions there holds here too; the
// gradient may be written over the logits.
#ifndef BASIN_OUTPUT_H
#define BASIN_OUTPUT_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// The Z-loss (de Brebisson and Vincent, arXiv 1604.08859), mu and sigma a row's mean and biased deviation, z = (o - mu) / (sigma + epsilon):
//   loss = row_weight softplus(sharpness (location - z_target)) / sharpness
// All logits equal: z = 0 and the gradient is 0. A row with a logit that is not finite has NaN loss and gradient.
BASIN_EXPORT void basin_z_loss_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t weights_type, const void* row_weights,
    int32_t loss_type, void* losses,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double sharpness, double location, double epsilon, double grad_scale, int32_t ignore_index);

// One-against-the-rest margins (Agarap, arXiv 1709.03082), t = 1 for the target and -1 for every other class, power 1 or 2:
//   loss = row_weight cost sum_k max(0, 1 - t_k o_k)^power;  at a margin of exactly 1 loss and gradient are 0
// The cost comes with the losses; a row with an infinite loss has a NaN one.
BASIN_EXPORT void basin_svm_loss_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t weights_type, const void* row_weights,
    int32_t loss_type, void* losses, int32_t* argmax,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double cost, int32_t power, double grad_scale, int32_t ignore_index);

// LDR-KL (Zhu, Ying and Yang, arXiv 2112.14869), delta_k = f'_k - f'_target + margin [k != target]:
//   loss = row_weight lambda log((1/classes) sum_k e^(delta_k / lambda));  lambda 0: max_k delta_k
// uniform 1 stands for an infinite lambda, mean_k delta_k, whatever lambda says.
// normalization 0: f' = f;  1: f' = classes f / |f|_1;  2: the same of softplus(f). A row of zero scores has gradient 0.
BASIN_EXPORT void basin_ldr_kl_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t weights_type, const void* row_weights,
    int32_t loss_type, void* losses,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double lambda, int32_t uniform, double margin, int32_t normalization, double grad_scale, int32_t ignore_index);

// ALDR-KL of the same paper: with p the smoothed softmax(f' / lambda_old) of the row, (p + floor) / (1 + classes floor),
//   lambda = lambda0 - lambda0 KL(p, uniform) / (alpha log classes), a constant for the gradient; lambda_new receives it
//   loss = row_weight (LDR-KL at lambda - alpha log(classes) / (2 lambda0) (lambda - lambda0)^2)
// lambda_old and lambda_new are [rows], f32, and may be the same; a row that does not count keeps its lambda.
BASIN_EXPORT void basin_aldr_kl_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t weights_type, const void* row_weights,
    int32_t lambda_type, const void* lambda_old,
    int32_t loss_type, void* losses, void* lambda_new,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes,
    double lambda0, double alpha, double margin, double floor, int32_t normalization, double grad_scale, int32_t ignore_index);

// The spherical family (de Brebisson and Vincent, arXiv 1511.05042, 1604.08859): losses of `classes` logits o of which nothing is seen
// but the target's, sum_k o_k^2 and sum_k o_k, each [rows], f32 or f64; and their derivatives by these three. kind 0: the Z-loss
// with sharpness, location and epsilon; 1: squared error against a one-hot target; 2: Taylor softmax; 3: spherical softmax with
// score_epsilon added to every square. Arithmetic is f64; outputs may be null.
BASIN_EXPORT void basin_spherical_loss_forward_backward(
    int32_t value_type, const void* target_logits, const void* square_sums, const void* sums,
    void* losses, void* grad_target_logits, void* grad_square_sums, void* grad_sums,
    int64_t row_begin, int64_t row_end, int64_t classes,
    int32_t kind, double sharpness, double location, double epsilon, double score_epsilon);

// Direct coverage optimisation (Chen et al., arXiv 2502.07154), p = e^log_probability the chance of an answer:
//   loss = -log(1 - (1 - p)^samples);  grad = -F;  factors = F = n p (1 - p)^(n - 1) / (1 - (1 - p)^n) for n = samples
// An F below drop_below is 0. All are [rows], f32 or f64; outputs may be null. log p above 1e-6 or NaN gives NaN.
BASIN_EXPORT void basin_dco_forward_backward(
    int32_t value_type, const void* log_probabilities, void* losses, void* grad_log_probabilities, void* factors,
    int64_t row_begin, int64_t row_end, double samples, double drop_below);

#ifdef __cplusplus
}
#endif

#endif
