// A formula of a loss over rows, asked once a row, behind a pointer: so the drivers' loops are compiled once for all losses.
#pragma once

#include "formula/row.h"
#include "row_call.h"

namespace basin::inline BASIN_ISA {

class RowFormula {
public:
    // Keeps the address of `formula`, which has needs_gaps() and answers statistics with coefficients.
    template <class Formula>
    explicit RowFormula(const Formula& formula)
        : formula_(&formula), needs_gaps_(formula.needs_gaps()),
          coefficients_([](const void* of, const RowStatistics<double>& statistics) {
              return (*static_cast<const Formula*>(of))(statistics);
          }) {}

    bool needs_gaps() const { return needs_gaps_; }
    RowCoefficients<double> operator()(const RowStatistics<double>& of) const { return coefficients_(formula_, of); }

private:
    const void* formula_;
    bool needs_gaps_;
    RowCoefficients<double> (*coefficients_)(const void*, const RowStatistics<double>&);
};

// Loss and gradient; `weights_type` is what the call's weights are stored as.
void loss_of_rows(
    const RowCall& call, int32_t logits_type, int32_t weights_type, int32_t gradient_type, const RowResults& results,
    const RowFormula& formula);

// The gradient alone, from an lse that was saved.
void gradient_of_rows(
    const RowCall& call, int32_t logits_type, int32_t weights_type, int32_t gradient_type, const float* lse,
    const RowFormula& formula);

}
