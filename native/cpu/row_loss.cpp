#include "row_formula.h"
#include "row_loss.h"

namespace basin::inline BASIN_ISA {

template <class W>
void loss_of_rows_weighted(
    const RowCall& call, int32_t logits_type, int32_t gradient_type, const RowResults& results, const RowFormula& formula) {
    if (call.classes <= narrow_row) {
        loss_of_narrow_rows<W>(call, logits_type, gradient_type, results, formula);
        return;
    }
    with_storage(logits_type, [&]<class L>(L) {
        with_storage(gradient_type, [&]<class G>(G) {
            if (call.classes <= short_row) {
                loss_of_short_rows<L, W, G>(call, results, formula);
            } else {
                loss_of_long_rows<L, W, G>(call, results, formula);
            }
        });
    });
}

void loss_of_rows(
    const RowCall& call, int32_t logits_type, int32_t weights_type, int32_t gradient_type, const RowResults& results,
    const RowFormula& formula) {
    with_storage(weights_type, [&]<class W>(W) {
        loss_of_rows_weighted<W>(call, logits_type, gradient_type, results, formula);
    });
}

}
