// Choices among options by their utilities: the random-utility form of the utility-probability duality (our reading of Huang and Yuan,
// arXiv 2305.14859, of which the abstract alone could be had).
#pragma once

#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

// P_k = e^(beta u_k) / sum_j e^(beta u_j) over the options that the mask leaves.
struct ChoiceForward {
    ReadScalars utilities;   // [rows, options]
    const int32_t* mask;     // [rows, options], 0 leaves an option out; null leaves all in
    WriteScalars probabilities;
    int64_t options;
    double beta;

    BASIN_HD bool counts(int64_t at) const { return mask == nullptr || mask[at] != 0; }

    BASIN_HD double exponent(int64_t at, double top) const {
        const double u = utilities[at];
        return beta == 0.0 && u == u && u > -HUGE_VAL && u < HUGE_VAL ? 0.0 : beta * (u - top);
    }

    BASIN_HD void operator()(int64_t row) const {
        const int64_t first = row * options;
        double top = -HUGE_VAL, sum = 0.0;
        for (int64_t k = first; k < first + options; ++k) {
            if (counts(k) && utilities[k] > top) top = utilities[k];
        }
        for (int64_t k = first; k < first + options; ++k) {
            if (counts(k)) sum += ::exp(exponent(k, top));
        }
        for (int64_t k = first; k < first + options; ++k) {
            probabilities.set(k, counts(k) ? ::exp(exponent(k, top)) / sum : 0.0);
        }
    }
};

// With c = sum_k P_k G_k: d / d u_k = beta P_k (G_k - c), d / d beta = sum_k P_k (G_k - c) u_k.
struct ChoiceBackward {
    ReadScalars utilities, probabilities, grad_probabilities;
    WriteScalars grad_utilities, grad_betas;  // [rows, options], [rows]
    int64_t options;
    double beta;

    BASIN_HD void operator()(int64_t row) const {
        const int64_t first = row * options;
        double along = 0.0, by_beta = 0.0;
        for (int64_t k = first; k < first + options; ++k) along += probabilities[k] * grad_probabilities[k];
        for (int64_t k = first; k < first + options; ++k) {
            const double p = probabilities[k], pull = p == 0.0 ? 0.0 : p * (grad_probabilities[k] - along);
            if (p != 0.0) by_beta += pull * utilities[k];
            grad_utilities.set(k, beta * pull);
        }
        grad_betas.set(row, by_beta);
    }
};

// A length from 0 to as many tokens as there are.
BASIN_HD int64_t held_length(int32_t length, int64_t tokens) {
    return length < 0 ? 0 : int64_t(length) > tokens ? tokens : int64_t(length);
}

// U = (sum of the first length log-probabilities) / length^power.
struct SequenceUtility {
    ReadScalars token_log_probabilities;  // [rows, tokens]
    const int32_t* lengths;               // [rows]
    WriteScalars utilities;               // [rows]
    int64_t tokens;
    double power;

    BASIN_HD void operator()(int64_t row) const {
        const int64_t length = held_length(lengths[row], tokens);
        double sum = 0.0;
        for (int64_t t = 0; t < length; ++t) sum += token_log_probabilities[row * tokens + t];
        utilities.set(row, sum / ::pow(double(length), power));
    }
};

struct SequenceUtilityBackward {
    ReadScalars grad_utilities;
    const int32_t* lengths;
    WriteScalars grad_token_log_probabilities;
    int64_t tokens;
    double power;

    BASIN_HD void operator()(int64_t row) const {
        const int64_t length = held_length(lengths[row], tokens);
        const double each = grad_utilities[row] / ::pow(double(length), power);
        for (int64_t t = 0; t < tokens; ++t) {
            grad_token_log_probabilities.set(row * tokens + t, t < length ? each : 0.0);
        }
    }
};

// value_i = sum_j gain_ij P_j, and the option of the largest, the lowest among equals.
struct ExpectedGain {
    ReadScalars probabilities, gains;  // [rows, outcomes], [rows, options, outcomes]
    WriteScalars values;               // [rows, options]
    int32_t* choices;                  // [rows]
    int64_t options, outcomes;

    BASIN_HD void operator()(int64_t row) const {
        double best = 0.0;
        int64_t choice = 0;
        for (int64_t i = 0; i < options; ++i) {
            double value = 0.0;
            for (int64_t j = 0; j < outcomes; ++j) {
                value += gains[(row * options + i) * outcomes + j] * probabilities[row * outcomes + j];
            }
            values.set(row * options + i, value);
            if (i == 0 || value > best) {
                best = value;
                choice = i;
            }
        }
        choices[row] = int32_t(choice);
    }
};

}
