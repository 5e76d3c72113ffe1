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

// The inverse of the Box-Cox transformation, element by element, f32 or f64: e^z for lambda = 0, else max(1 + lambda z, 0)^(1 / lambda).
BASIN_EXPORT void basin_box_cox_inverse(
    int32_t value_type, const void* z, void* values, int64_t row_begin, int64_t row_end, double lambda);

// Binary losses of the margin s = t score, t = 1 where the label is above 0, else -1: kind 0 logistic, 1 hinge, 2 exponential,
// 3 log-hinge (1 - s, beyond s = 1 -log s), 4 with drawn_derivatives, each divided by s beyond s = 1, less shift (EnsLoss, Dai,
// arXiv 2409.00908). derivatives are those by s, grad_scores those by the score times grad_scale. Vectors of f32 or f64.
BASIN_EXPORT void basin_margin_loss_forward_backward(
    int32_t value_type, const void* scores, const int32_t* labels, const void* drawn_derivatives,
    void* losses, void* grad_scores, void* derivatives,
    int64_t row_begin, int64_t row_end, int32_t kind, double shift, double grad_scale);

// The label words' logits of examples, pooled over the words of a class, then over templates (Raman et al., arXiv 2303.07320):
//   logits [rows, templates, vocabulary], stride from template to template, f32 or bf16; word_ids and word_classes [words];
//   class_logits [rows, classes]. largest_word, largest_template: 1 the largest, the first among equals; 0 the mean.
// Nothing else of the vocabulary is read. A class needs at least one word.
BASIN_EXPORT void basin_verbalizer_pool(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* word_ids, const int32_t* word_classes,
    int32_t class_type, void* class_logits,
    int64_t row_begin, int64_t row_end, int64_t templates, int64_t vocabulary, int64_t words, int64_t classes,
    int32_t largest_word, int32_t largest_template);

// The way back: grad_words [rows, templates, words] of the label words' logits, from grad_class_logits [rows, classes].
BASIN_EXPORT void basin_verbalizer_pool_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* word_ids, const int32_t* word_classes,
    int32_t class_type, const void* grad_class_logits, void* grad_words,
    int64_t row_begin, int64_t row_end, int64_t templates, int64_t vocabulary, int64_t words, int64_t classes,
    int32_t largest_word, int32_t largest_template);

// Rows of logits at a temperature of their own, [rows] f32, held between lowest and highest (Liu et al., arXiv 2404.13016):
//   losses = -log softmax(z / T)_target;  confidences = the largest probability;  corrects = 1 where it is the target's, else 0;
//   confidence_slopes and loss_slopes the derivatives of these by T, 0 where it was held;
//   variances those of the logits under the probabilities. All [rows] f32, or null. The arg max is
//   the lowest index among equals. A row that does not count has zeros.
BASIN_EXPORT void basin_temperature_statistics(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t temperature_type, const void* temperatures,
    int32_t loss_type, void* losses, void* confidences, void* corrects, void* confidence_slopes, void* loss_slopes, void* variances,
    int64_t row_begin, int64_t row_end, int64_t classes, double lowest, double highest, int32_t ignore_index);

// The gradient by the logits of sum_i coefficients_i confidences_i of basin_temperature_statistics; rows without a target have none.
BASIN_EXPORT void basin_confidence_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t temperature_type, const void* temperatures, const void* coefficients,
    int32_t grad_type, void* grad_logits, int64_t grad_stride, const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes, double lowest, double highest, double grad_scale, int32_t ignore_index);

// The gates of a recurrent unit, element by element, f32: reset = sigmoid(x_reset + h_reset), update likewise,
// reset_before = reset before.
BASIN_EXPORT void basin_gru_gates(
    int32_t value_type, const void* x_reset, const void* x_update, const void* h_reset, const void* h_update,
    const void* before, void* reset, void* update, void* reset_before, int64_t begin, int64_t end);

// candidate = tanh(x_candidate + recurrent), the second times reset where reset_after is 1;
// after = update before + (1 - update) candidate.
BASIN_EXPORT void basin_gru_state(
    int32_t value_type, const void* x_candidate, const void* recurrent, const void* reset, const void* update,
    const void* before, void* candidate, void* after, int64_t begin, int64_t end, int32_t reset_after);

// The way back: gradients by the sums under candidate and gates, by recurrent, and by before as far as it is not multiplied.
// grad_reset is 0 unless reset_after is 1.
BASIN_EXPORT void basin_gru_state_backward(
    int32_t value_type, const void* grad_after, const void* recurrent, const void* reset, const void* update,
    const void* candidate, const void* before,
    void* grad_candidate, void* grad_update, void* grad_reset, void* grad_recurrent, void* grad_before,
    int64_t begin, int64_t end, int32_t reset_after);

// The way back through reset_before = reset before: gradients by the sum under the gate and by before.
BASIN_EXPORT void basin_gru_reset_backward(
    int32_t value_type, const void* grad_reset_before, const void* reset, const void* before,
    void* grad_reset, void* grad_before, int64_t begin, int64_t end);

// Moments of classes, row by row in their order (Chan, Golub and LeVeque; page 39's streaming form): with n = ordinals[i], the number of
// rows of the label's class up to row i, d = x - mean:  mean += d / n;  squares += d (x - mean)
// values [rows, width] f32 or bf16, means and squares [classes, width] f64 with moments_stride, updated for columns [column_begin, column_end).
BASIN_EXPORT void basin_class_moments(
    int32_t values_type, const void* values, int64_t values_stride, const int32_t* labels, const double* ordinals,
    double* means, double* squares, int64_t moments_stride, int64_t column_begin, int64_t column_end, int64_t rows, int64_t classes);

// P_k = e^(beta u_k) / sum_j e^(beta u_j) over the options of a row where mask [rows, options] is not 0; null = all. f32 or f64,
// [rows, options]. Options left out have probability 0, and what their utilities are does not matter.
BASIN_EXPORT void basin_choice_probabilities(
    int32_t value_type, const void* utilities, const int32_t* mask, void* probabilities,
    int64_t row_begin, int64_t row_end, int64_t options, double beta);

// The way back from those probabilities: grad_utilities [rows, options], grad_betas [rows].
BASIN_EXPORT void basin_choice_probabilities_backward(
    int32_t value_type, const void* utilities, const void* probabilities, const void* grad_probabilities,
    void* grad_utilities, void* grad_betas, int64_t row_begin, int64_t row_end, int64_t options, double beta);

// Sums of the first lengths[row] (held from 0 to tokens) of a row's tokens, divided by that number to a power; token_log_probabilities [rows, tokens].
BASIN_EXPORT void basin_sequence_utility(
    int32_t value_type, const void* token_log_probabilities, const int32_t* lengths, void* utilities,
    int64_t row_begin, int64_t row_end, int64_t tokens, double power);

// The way back; tokens beyond the length have gradient 0.
BASIN_EXPORT void basin_sequence_utility_backward(
    int32_t value_type, const void* grad_utilities, const int32_t* lengths, void* grad_token_log_probabilities,
    int64_t row_begin, int64_t row_end, int64_t tokens, double power);

// values_i = sum_j gains_ij P_j of each row, and the option of the largest, the lowest among equals; gains [rows, options, outcomes].
BASIN_EXPORT void basin_expected_gain(
    int32_t value_type, const void* probabilities, const void* gains, void* values, int32_t* choices,
    int64_t row_begin, int64_t row_end, int64_t options, int64_t outcomes);

// Losses of overlap (self-adjusting Dice, Li et al., arXiv 1911.02855; Tversky with tversky 1): the weights w = (1 - p)^alpha p of entries,
// p for Tversky, [rows, classes], f64: sums of what f32 cannot hold decide whether there is anything to divide by. With labels
// [rows] p is the softmax of a row, each class being one against the rest; without them p is the sigmoid of each logit, and targets
// [rows], from 0 to 1, are those of a row's entries. Logits and targets are f32 or f64. Rows where mask is 0 have weights of 0.
BASIN_EXPORT void basin_overlap_weights(
    int32_t value_type, const void* logits, const void* targets, const int32_t* labels, const int32_t* mask,
    double* weights,
    int64_t row_begin, int64_t row_end, int64_t classes,
    int32_t tversky, int32_t squared, double alpha, double gamma, double false_positive, double false_negative);

// Their losses and gradients. For each entry L = 1 - (shared + gamma) / (size + gamma), and losses [rows] adds up a row's classes:
//   Dice: shared = 2 w y, size = w + y, or with squared w^2 + y^2;  Tversky: shared = p y, size = p y + false_positive p (1 - y) +
//   false_negative (1 - p) y
// With batch_shared and batch_size, [classes] f64, these stand for the entries' own, and losses are 0: the caller has the batch's.
BASIN_EXPORT void basin_overlap_loss(
    int32_t value_type, const void* logits, const void* targets, const int32_t* labels, const int32_t* mask,
    const double* batch_shared, const double* batch_size, void* losses, void* grad_logits,
    int64_t row_begin, int64_t row_end, int64_t classes,
    int32_t tversky, int32_t squared, double alpha, double gamma, double false_positive, double false_negative, double grad_scale);

#ifdef __cplusplus
}
#endif

#endif
