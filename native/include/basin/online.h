// Online learning: policies from cumulative losses, and rounds of optimistic mirror descent. Tensors are f32; rows are independent, and a
// NaN or an infinity stays in its row (in mirror_descent_step in its element).
#ifndef BASIN_ONLINE_H
#define BASIN_ONLINE_H

#include <stdint.h>

#include "basin/export.h"

#ifdef __cplusplus
extern "C" {
#endif

// Follow the regularised leader with the log-barrier (Dai, Luo, Wei and Zimmert, arXiv 2301.12942), row by row:
//   policy_a = 1 / (eta (C_a + shift)), shift the number above -min C for which the row sums to 1; shifts [rows], or null
BASIN_EXPORT void basin_log_barrier_policy(
    int32_t value_type, const void* cumulative_losses, int64_t losses_stride, void* policy, int64_t policy_stride, void* shifts,
    int64_t row_begin, int64_t row_end, int64_t actions, double eta);

// The same with the negative entropy: policy = softmax(-eta C).
BASIN_EXPORT void basin_exponential_weights_policy(
    int32_t value_type, const void* cumulative_losses, int64_t losses_stride, void* policy, int64_t policy_stride,
    int64_t row_begin, int64_t row_end, int64_t actions, double eta);

// The way back through either: with w = policy^power, power 2 for the log-barrier and 1 for the entropy, g = grad_policy,
//   grad_losses_a = -eta w_a (g_a - sum w g / sum w);  grad_etas [rows] f64 = sum_a C_a grad_losses_a / eta
BASIN_EXPORT void basin_policy_backward(
    int32_t value_type, const void* policy, const void* grad_policy, const void* cumulative_losses, void* grad_losses, double* grad_etas,
    int64_t row_begin, int64_t row_end, int64_t actions, double eta, int32_t power);

// sums [rows] f64: of min(values, 0) over a row.
BASIN_EXPORT void basin_sum_negative_parts(
    int32_t value_type, const void* values, int64_t values_stride, double* sums, int64_t row_begin, int64_t row_end, int64_t width);

// product_i = scale sum_j matrix_ij vector_j, with the products in f64.
BASIN_EXPORT void basin_matrix_vector(
    int32_t value_type, const void* matrix, int64_t matrix_stride, const void* vector, void* product,
    int64_t row_begin, int64_t row_end, int64_t width, double scale);

// matrix_ij += scale (left_i right_j): a symmetric matrix stays so to the bit where left and right are the same.
BASIN_EXPORT void basin_rank_one_update(
    int32_t value_type, void* matrix, int64_t matrix_stride, const void* left, const void* right,
    int64_t row_begin, int64_t row_end, int64_t width, double scale);

// The bonus of linear exploration, n_a = products_a . features_a the squared norm of an action's features:
//   bonus_a = beta (n_a + sum_k policy_k n_k)
// features and products are [rows, actions, width], policy and bonus [rows, actions].
BASIN_EXPORT void basin_exploration_bonus(
    int32_t value_type, const void* features, const void* products, const void* policy, void* bonus,
    int64_t row_begin, int64_t row_end, int64_t actions, int64_t width, double beta);

// The nearest point, row by row, of a domain: 0 everything; 1 the box of lowest and highest; 2 the ball of the radius around 0;
// 3 the simplex of numbers that are not negative and sum to 1.
BASIN_EXPORT void basin_project_rows(
    int32_t value_type, const void* points, int64_t points_stride, void* projected, int64_t projected_stride,
    int64_t row_begin, int64_t row_end, int64_t width, int32_t domain, double lowest, double highest, double radius);

// A round of optimistic mirror descent with the entropy (Chen, Tu, Zhao and Zhang, arXiv 2302.04552), a distribution a row:
//   log_next = y - logsumexp(y), y = log_weights - eta grad;  policy = softmax(log_next - next_eta hint)
// A logarithm of -inf stays; log_next may be log_weights.
BASIN_EXPORT void basin_optimistic_hedge_step(
    int32_t value_type, const void* log_weights, int64_t weights_stride, const void* grad, const void* hint, int64_t grad_stride,
    void* log_next, int64_t next_stride, void* policy, int64_t policy_stride,
    int64_t row_begin, int64_t row_end, int64_t actions, double eta, double next_eta);

// Sums over blocks of 65536 elements for a round of optimistic mirror descent with the Euclidean norm, partials [blocks, 7] f64:
//   |grad - past_hint|^2, |center|^2, <center, grad>, |grad|^2, <center, hint>, <grad, hint>, |hint|^2
// A past hint that is null is 0. Unless products is 1 all but the first are 0 and neither center nor hint is read.
BASIN_EXPORT void basin_mirror_descent_sums(
    int32_t value_type, const void* center, const void* grad, const void* past_hint, const void* hint, double* partials,
    int64_t block_begin, int64_t block_end, int64_t elements, int32_t products);

// What the step needs of the sums, for each of several learners: factors [learners, 5] = eta, shrink, next_eta, next_shrink, and
// variation + |grad - past_hint|^2. With adaptive 1 eta = diameter / sqrt(delta + 4 gradient_bound^2 + variation), and next_eta the same of
// the new variation; else they are given. In the domain 2 a shrink is radius / norm where a point's norm is above the radius; else it is 1.
BASIN_EXPORT void basin_mirror_descent_factors(
    const double* partials, const double* variation, double* factors, int64_t learner_begin, int64_t learner_end, int64_t blocks,
    int32_t domain, double radius, int32_t adaptive, double diameter, double gradient_bound, double delta,
    double given_eta, double given_next_eta);

// The round itself, factors [4] f64 the first four of the above:
//   next_center = shrink (center - eta grad);  point = next_shrink (next_center - next_eta hint)
// both held between lowest and highest in the domain 1. A hint that is null is 0; without a point the center alone moves. next_center may be center.
BASIN_EXPORT void basin_mirror_descent_step(
    int32_t value_type, const void* center, const void* grad, void* next_center, const void* hint, void* point, const double* factors,
    int64_t begin, int64_t end, int32_t domain, double lowest, double highest);

#ifdef __cplusplus
}
#endif

#endif
