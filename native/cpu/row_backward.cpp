// Skeleton 1, second half alone: the gradient in one pass from an lse that the first half saved, p_k = e^(z_k - lse).
#include "row_formula.h"
#include "row_loss.h"

namespace basin::inline BASIN_ISA {

template <class W>
double sum_of_weights(const W* w, int64_t n) {
    double total = 0.0;
    for (int64_t begin = 0; begin < n; begin += shortest_chunk) {
        Float part(0.0f);
        for_vectors(n - begin < shortest_chunk ? n - begin : shortest_chunk, [&](int64_t i, auto span) {
            part = part + load(w + begin + i, span, Float(0.0f));
        });
        total += double(sum(part));
    }
    return total;
}

template <class L, class W, class G>
RowStatistics<double> statistics_from_lse(const RowCall& call, const Row<L, W, G>& row, double lse, double weight_sum) {
    RowStatistics<double> statistics{};
    statistics.lse = lse;
    statistics.weight_sum = weight_sum;
    if (row.has_target()) {
        const double surprisal = lse - double(widen(row.logits[row.target])) * call.logit_scale;
        statistics.surprisal = surprisal > 0.0 ? surprisal : 0.0;  // below 0 only because the lse was rounded
        statistics.probability = ::exp(-statistics.surprisal);
        statistics.complement = -::expm1(-statistics.surprisal);
        statistics.pivot_weight = row.weight_of(row.target);
    }
    return statistics;
}

template <class L, class W, class G>
void gradient_of_row(
    const RowCall& call, const Row<L, W, G>& row, float lse, double weight_sum, const RowFormula& formula) {
    if (row.ignored || row.misplaced || lse != lse) {
        write_constant(call, row, row.ignored || row.misplaced ? 0.0f : not_a_number);
        return;
    }
    const RowCoefficients<double> of = formula(statistics_from_lse(call, row, double(lse), weight_sum));
    // e^(z - lse) as e^((x - lse / scale) scale), with what rounding lse / scale to f32 changes put into the factor.
    const float reference = float(double(lse) / call.logit_scale);
    const double correction = ::exp(double(reference) * call.logit_scale - double(lse));
    const double factor = of.softmax * row.gradient_factor * correction;
    with_exponential(reference, call.logit_scale, [&]<class E>(const E& exponential) {
        write_classes(row, of, ComputedExponentials<L, E>{row.logits, exponential}, 0, call.classes, factor);
    });
    if (row.has_target()) write_pivot(row, row.target, of);
}

template <class W>
void gradient_of_rows_weighted(
    const RowCall& call, int32_t logits_type, int32_t gradient_type, const float* lse, const RowFormula& formula) {
    // Class weights are the same for every row, target probabilities are not.
    const bool shared = call.weights == nullptr || call.weights_stride == 0;
    const auto weight_sum = [&](const W* w) { return w == nullptr ? double(call.classes) : sum_of_weights(w, call.classes); };
    const double of_all = shared ? weight_sum(static_cast<const W*>(call.weights)) : 0.0;
    with_storage(logits_type, [&]<class L>(L) {
        with_storage(gradient_type, [&]<class G>(G) {
            for (int64_t index = call.row_begin; index < call.row_end; ++index) {
                const Row<L, W, G> row(call, index);
                gradient_of_row(call, row, lse[index], shared ? of_all : weight_sum(row.weights), formula);
            }
        });
    });
}

void gradient_of_rows(
    const RowCall& call, int32_t logits_type, int32_t weights_type, int32_t gradient_type, const float* lse,
    const RowFormula& formula) {
    with_storage(weights_type, [&]<class W>(W) {
        gradient_of_rows_weighted<W>(call, logits_type, gradient_type, lse, formula);
    });
}

}
