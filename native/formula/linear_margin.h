// What a row's margin says to a step of logistic regression or of a perceptron (Tyurin, arXiv 2412.08424), gathered over rows.
#pragma once

#include "formula/logistic.h"

namespace basin::inline BASIN_ISA {

enum LinearRule : int32_t { logistic_rule, mistakes_rule, every_row_rule };

struct LinearSums {
    double loss = 0.0, correct = 0.0, largest, weights = 0.0;

    BASIN_HD explicit LinearSums(int32_t rule) : largest(rule == logistic_rule ? -HUGE_VAL : -1.0) {}

    // The weight of a row with this margin, and what the rows before it are to be multiplied by.
    BASIN_HD double add(int32_t rule, double margin, int64_t row, double& before) {
        before = 1.0;
        loss += softplus(-margin);
        const bool is_correct = margin > 0.0;
        correct += is_correct ? 1.0 : 0.0;
        if (rule == logistic_rule) return add_logistic(-softplus(margin), before);
        if (!is_correct && largest < 0.0) largest = double(row);
        const double weight = is_correct && rule == mistakes_rule ? 0.0 : 1.0;
        weights += weight;
        return weight;
    }

private:
    BASIN_HD double add_logistic(double log_weight, double& before) {
        if (log_weight > largest) {
            before = ::exp(largest - log_weight);
            weights *= before;
            largest = log_weight;
        }
        const double weight = ::exp(log_weight - largest);
        weights += weight;
        return weight;
    }
};

}
