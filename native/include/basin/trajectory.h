// Losses against the model's own past, and running averages of weights.
#ifndef BASIN_TRAJECTORY_H
#define BASIN_TRAJECTORY_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// Cross-entropy with a trajectory term (SAF and MESA: Du et al., arXiv 2205.14083, in the form of its code, which
// multiplies by tau^2), for the logits z of a row with target y and the past logits q of the same example:
//   t = (1 - s) * onehot(y) + s / classes,  p = softmax(q / tau),  r = softmax(z / tau)
//   cross_entropy = -sum_k t_k log softmax(z)_k,  divergence = tau^2 sum_k p_k (log p_k - log r_k)
//   loss = row_weight * (cross_entropy + lambda * divergence)
//   grad = grad_scale * grad_factor * row_weight * (softmax(z)_k - t_k + lambda * tau * (r_k - p_k))
// logits        [rows, classes] f32 or bf16; so is the gradient, which may be null or the logits, at the same stride
// past          [past_rows, classes] f32, bf16 or f16, or null: no trajectory term, and every divergence is 0
// past_indices  [rows], the row of `past` that belongs to each row; null: the one of the same number
// losses, cross_entropies, divergences  [rows] f32, each or null; all three with the row's weight
// Without cancellation where z is near q: for z = q the divergence is 0 and adds exactly nothing to the gradient.
// A logit of -inf whose past is larger makes the divergence +inf, and its gradient that of r_k = 0. A row whose past
// has a NaN, a +inf or nothing but -inf has a NaN divergence, loss and gradient. A lambda of 0 leaves the divergence,
// whatever it is, out of loss and gradient. A row of `past` that does not exist is not read: the loss is NaN and the
// gradient 0. Other rows, row_weights, grad_factor and ignore_index as in basin/loss.h.
BASIN_EXPORT void basin_saf_loss_forward_backward(
    int32_t logits_type, const void* logits, int64_t logits_stride,
    int32_t past_type, const void* past, int64_t past_stride,
    const int32_t* past_indices,
    const int32_t* targets,
    int32_t weights_type, const void* row_weights,
    int32_t loss_type, void* losses, void* cross_entropies, void* divergences,
    int32_t grad_type, void* grad_logits, int64_t grad_stride,
    const float* grad_factor,
    int64_t row_begin, int64_t row_end, int64_t classes, int64_t past_rows,
    double lambda, double tau, double label_smoothing, double grad_scale, int32_t ignore_index);

// slot[indices[i]] = logits[i] for the classes [class_begin, class_end), converted to the slot's type to nearest even.
// Where an index occurs more than once its last row stays: the rows are written in order, and it is the classes that
// are cut among threads, so that this does not depend on them. An index outside of [0, examples) is passed over.
// logits and slot f32, bf16 or f16.
BASIN_EXPORT void basin_logit_ring_write(
    int32_t logits_type, const void* logits, int64_t logits_stride,
    const int32_t* indices,
    int32_t slot_type, void* slot, int64_t slot_stride,
    int64_t class_begin, int64_t class_end, int64_t rows, int64_t examples);

// average = decay * average + (1 - decay) * weights over the elements [begin, end), computed so that an average of
// constant weights stays at them: average f32, weights f32 or bf16. decay = 0 copies.
BASIN_EXPORT void basin_ema_update(
    int32_t average_type, void* average,
    int32_t weights_type, const void* weights,
    int64_t begin, int64_t end,
    double decay);

#ifdef __cplusplus
}
#endif

#endif
