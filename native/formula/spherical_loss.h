// The spherical family (de Brebisson and Vincent, arXiv 1511.05042 and 1604.08859): losses that see of D logits o nothing but the
// target's A = o_c, q = sum_k o_k^2 and s = sum_k o_k. With mu = s / D and sigma = sqrt(max(q / D - mu^2, 0)):
//   z:                 softplus(a (b - z)) / a,  z = (A - mu) / (sigma + epsilon)
//   mse:               q - 2 A + 1
//   Taylor softmax:    log(D + s + q / 2) - log(1 + A + A^2 / 2)
//   spherical softmax: log(q + D v) - log(A^2 + v)
#pragma once

#include "formula/logistic.h"

namespace basin::inline BASIN_ISA {

inline constexpr int32_t spherical_z = 0, spherical_mse = 1, spherical_taylor = 2, spherical_softmax = 3;

struct SphericalAnswer {
    double loss, target_logit, square_sum, sum;  // the loss, and its derivatives
};

struct SphericalLoss {
    int32_t kind;
    double classes, sharpness, location, epsilon, score_epsilon;

    BASIN_HD SphericalAnswer operator()(double A, double q, double s) const {
        switch (kind) {
        case spherical_mse:
            return {q - 2.0 * A + 1.0, -2.0, 1.0, 0.0};
        case spherical_taylor: {
            const double all = classes + s + 0.5 * q, own = 1.0 + A + 0.5 * A * A;
            return {::log(all) - ::log(own), -(1.0 + A) / own, 0.5 / all, 1.0 / all};
        }
        case spherical_softmax: {
            const double all = q + classes * score_epsilon, own = A * A + score_epsilon;
            return {::log(all) - ::log(own), -2.0 * A / own, 1.0 / all, 0.0};
        }
        default:
            return z_loss(A, q, s);
        }
    }

private:
    // All logits equal: z is 0 and nothing pulls.
    BASIN_HD SphericalAnswer z_loss(double A, double q, double s) const {
        const double mean = s / classes, variance = q / classes - mean * mean;
        const double deviation = variance > 0.0 ? ::sqrt(variance) : variance == variance ? 0.0 : variance;
        const double inverse = deviation == 0.0 ? 0.0 : 1.0 / (deviation + epsilon);
        const double z = (A - mean) * inverse, short_of = sharpness * (location - z);
        const double loss = softplus(short_of) / sharpness;
        if (deviation == 0.0) return {loss, 0.0, 0.0, 0.0};
        const double t = sigmoid(short_of) * inverse;
        return {
            loss, -t, t * z / (2.0 * classes * deviation), t / classes - t * z * mean / (classes * deviation)};
    }
};

}
