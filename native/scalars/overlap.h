// Rows of one logit (sigmoid) or of several (softmax, each class against the rest); a row at a time.
#pragma once

#include "formula/overlap.h"
#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

struct OverlapRows {
    ReadScalars logits;   // [rows, classes]
    ReadScalars targets;  // [rows] from 0 to 1 for the sigmoid, 0 where null; not read for the softmax
    const int32_t* labels;  // [rows] for the softmax; null for the sigmoid
    const int32_t* mask;    // [rows], 0 leaves a row out; null leaves all in
    int64_t classes;
    Overlap overlap;

    BASIN_HD bool counts(int64_t row) const { return mask == nullptr || mask[row] != 0; }
    BASIN_HD double target(int64_t row, int64_t k) const {
        if (labels != nullptr) return labels[row] == k ? 1.0 : 0.0;
        return targets.data == nullptr ? 0.0 : targets[row];
    }

    // Of the softmax: the largest logit and the sum under it.
    BASIN_HD void scale(int64_t row, double& top, double& sum) const {
        top = -HUGE_VAL;
        sum = 0.0;
        for (int64_t k = row * classes; k < (row + 1) * classes; ++k) top = logits[k] > top ? logits[k] : top;
        for (int64_t k = row * classes; k < (row + 1) * classes; ++k) sum += ::exp(logits[k] - top);
    }

    // p and 1 - p of an entry; the rest of a softmax is summed where p is most of it.
    BASIN_HD void probability(int64_t row, int64_t k, double top, double sum, double& p, double& q) const {
        if (labels == nullptr) {
            p = sigmoid(logits[row * classes + k]);
            q = sigmoid(-logits[row * classes + k]);
            return;
        }
        p = ::exp(logits[row * classes + k] - top) / sum;
        q = 1.0 - p;
        if (p > 0.5) {
            double rest = 0.0;
            for (int64_t j = 0; j < classes; ++j) {
                if (j != k) rest += ::exp(logits[row * classes + j] - top);
            }
            q = rest / sum;
        }
    }
};

// What a batch's sums are made of.
struct OverlapWeights {
    OverlapRows rows;
    WriteScalars weights;  // [rows, classes]

    BASIN_HD void operator()(int64_t row) const {
        double top = 0.0, sum = 1.0, p, q;
        if (rows.labels != nullptr) rows.scale(row, top, sum);
        for (int64_t k = 0; k < rows.classes; ++k) {
            if (!rows.counts(row)) {
                weights.set(row * rows.classes + k, 0.0);
                continue;
            }
            rows.probability(row, k, top, sum, p, q);
            weights.set(row * rows.classes + k, rows.overlap.weigh(p, q).weight);
        }
    }
};

struct OverlapGradient {
    OverlapRows rows;
    const double* batch_shared;  // [classes], or one of them null: each entry's own
    const double* batch_size;
    WriteScalars losses;     // [rows], 0 with a batch's sums
    WriteScalars gradients;  // [rows, classes]
    double grad_scale;

    BASIN_HD bool has_batch() const { return batch_shared != nullptr && batch_size != nullptr; }

    BASIN_HD OverlapSums sums_of(int64_t k, double w, double y) const {
        return has_batch() ? OverlapSums{batch_shared[k], batch_size[k]} : rows.overlap.sums(w, y);
    }

    BASIN_HD void operator()(int64_t row) const {
        const int64_t first = row * rows.classes;
        if (!rows.counts(row)) {
            losses.set(row, 0.0);
            for (int64_t k = 0; k < rows.classes; ++k) gradients.set(first + k, 0.0);
            return;
        }
        double top = 0.0, sum = 1.0, p, q, loss = 0.0, along = 0.0;
        if (rows.labels != nullptr) rows.scale(row, top, sum);
        for (int64_t k = 0; k < rows.classes; ++k) {
            rows.probability(row, k, top, sum, p, q);
            const OverlapWeight w = rows.overlap.weigh(p, q);
            const double y = rows.target(row, k);
            const OverlapSums of = sums_of(k, w.weight, y);
            const double slope = rows.overlap.slope(of, w.weight, y);
            if (!has_batch()) loss += rows.overlap.loss(of);
            if (rows.labels == nullptr) {
                gradients.set(first + k, grad_scale * slope * w.slope);
            } else {
                along += slope * through(p, q, w);
            }
        }
        losses.set(row, loss);
        if (rows.labels == nullptr) return;
        for (int64_t k = 0; k < rows.classes; ++k) {
            rows.probability(row, k, top, sum, p, q);
            const OverlapWeight w = rows.overlap.weigh(p, q);
            const double slope = slope_of(row, k, w.weight);
            const double others = p > 0.5 ? through_others(row, k, top, sum) : along - slope * through(p, q, w);
            gradients.set(first + k, grad_scale * (slope * w.slope - p * others));
        }
    }

private:
    BASIN_HD double slope_of(int64_t row, int64_t k, double w) const {
        const double y = rows.target(row, k);
        return rows.overlap.slope(sums_of(k, w, y), w, y);
    }

    // p d w / d p of a softmax entry; q is kept above 0, where its power would be infinite.
    BASIN_HD double through(double p, double q, const OverlapWeight& w) const {
        constexpr double least = 1e-30;
        return q > least ? w.slope / q : rows.overlap.weigh(p, least).slope / least;
    }

    // The sum of p d L / d p over all but the entry that is most of the row, beside which the others' would be lost.
    BASIN_HD double through_others(int64_t row, int64_t most, double top, double sum) const {
        double total = 0.0, p, q;
        for (int64_t k = 0; k < rows.classes; ++k) {
            if (k == most) continue;
            rows.probability(row, k, top, sum, p, q);
            const OverlapWeight w = rows.overlap.weigh(p, q);
            total += slope_of(row, k, w.weight) * through(p, q, w);
        }
        return total;
    }
};

}
