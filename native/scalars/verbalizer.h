// The head of Model-tuning Via Prompts (Raman et al., arXiv 2303.07320): of the vocabulary's logits at each of an example's templates
// only those of label words are read. Words are pooled to their classes, then templates, by the largest or by the mean.
#pragma once

#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

struct VerbalizerPool {
    ReadScalars logits;       // [examples, templates, vocabulary]
    int64_t stride;           // from template to template
    const int32_t* ids;       // [words]
    const int32_t* classes_of_words;
    int64_t templates, words, classes;
    bool largest_word, largest_template;

    BASIN_HD double logit(int64_t example, int64_t at, int64_t word) const {
        return logits[(example * templates + at) * stride + ids[word]];
    }

    // A NaN is larger than anything, and stays.
    static BASIN_HD bool is_larger(double value, double pooled, int64_t chosen) {
        return chosen < 0 || (pooled == pooled && !(value <= pooled));
    }

    // The pooled logit of a class at a template, and the word that it is, or how many there are.
    BASIN_HD double of_words(int64_t example, int64_t at, int64_t c, int64_t& chosen, int64_t& count) const {
        double pooled = 0.0;
        chosen = -1;
        count = 0;
        for (int64_t word = 0; word < words; ++word) {
            if (classes_of_words[word] != c) continue;
            const double value = logit(example, at, word);
            if (largest_word) {
                if (is_larger(value, pooled, chosen)) {
                    chosen = word;
                    pooled = value;
                }
            } else {
                pooled += value;
            }
            ++count;
        }
        return largest_word ? pooled : pooled / double(count);
    }

    BASIN_HD double of_templates(int64_t example, int64_t c, int64_t& chosen) const {
        double pooled = 0.0;
        chosen = -1;
        for (int64_t at = 0; at < templates; ++at) {
            int64_t word, count;
            const double value = of_words(example, at, c, word, count);
            if (!largest_template) {
                pooled += value / double(templates);
            } else if (is_larger(value, pooled, chosen)) {
                chosen = at;
                pooled = value;
            }
        }
        return pooled;
    }
};

struct VerbalizerForward {
    VerbalizerPool pool;
    WriteScalars class_logits;  // [examples, classes]

    BASIN_HD void operator()(int64_t example) const {
        for (int64_t c = 0; c < pool.classes; ++c) {
            int64_t chosen;
            class_logits.set(example * pool.classes + c, pool.of_templates(example, c, chosen));
        }
    }
};

struct VerbalizerBackward {
    VerbalizerPool pool;
    ReadScalars grad_class_logits;  // [examples, classes]
    WriteScalars grad_words;        // [examples, templates, words]

    BASIN_HD void operator()(int64_t example) const {
        for (int64_t c = 0; c < pool.classes; ++c) {
            int64_t chosen_template;
            pool.of_templates(example, c, chosen_template);
            const double upstream = grad_class_logits[example * pool.classes + c];
            for (int64_t at = 0; at < pool.templates; ++at) {
                int64_t chosen, count;
                pool.of_words(example, at, c, chosen, count);
                const double share = pool.largest_template ? (at == chosen_template ? 1.0 : 0.0) : 1.0 / double(pool.templates);
                for (int64_t word = 0; word < pool.words; ++word) {
                    if (pool.classes_of_words[word] != c) continue;
                    const double part = pool.largest_word ? (word == chosen ? 1.0 : 0.0) : 1.0 / double(count);
                    const bool none = share == 0.0 || part == 0.0;
                    grad_words.set(
                        (example * pool.templates + at) * pool.words + word, none ? 0.0 : upstream * share * part);
                }
            }
        }
    }
};

}
