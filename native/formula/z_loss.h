// The Z-loss (de Brebisson and Vincent, arXiv 1604.08859): logits are standardised, so that neither a shift nor a scale of them
// changes anything. With mu and sigma a row's mean and (biased) deviation, z = (o - mu) / (sigma + epsilon), c the target:
//   loss = softplus(a (b - z_c)) / a,   t = sigmoid(a (b - z_c))
//   d loss / d o_k = -t ([k = c] - 1/D) / (sigma + epsilon) + t z_c (o_k - mu) / (D sigma (sigma + epsilon))
// Where all logits are equal z is 0 and so is the gradient.
#pragma once

#include "formula/logistic.h"

namespace basin::inline BASIN_ISA {

struct ZLoss {
    double sharpness, location, epsilon;

    template <class Row>
    BASIN_PASS double operator()(const Row& row, int64_t target, double factor, int64_t) const {
        const double width = double(row.width), own = double(row.at(target));
        const double mean = row.sum_but(-1, [](auto x) { return x; }) / width;
        const Shift shift(mean);
        const double squares = row.sum_but(-1, [=](auto x) {
            const auto centred = shift.subtracted_from(x);
            return centred * centred;
        });
        const double deviation = ::sqrt(squares / width);
        const double inverse = deviation == 0.0 ? 0.0 : 1.0 / (deviation + epsilon);
        const double centred = own - mean;
        const double z = centred * inverse;
        const double short_of = sharpness * (location - z);
        if (row.wants_gradient()) {
            const double t = factor * sigmoid(short_of) * inverse;
            const double common = t / width;
            const double slope = deviation == 0.0 ? 0.0 : t * z / (width * deviation);
            row.write(target, common - t + slope * centred, -1, 0.0, [=](auto x) {
                using T = decltype(x);
                return fma(constant<T>(slope), shift.subtracted_from(x), constant<T>(common));
            });
        }
        return softplus(short_of) / sharpness;
    }
};

}
