#include "formula/lion_k.h"

#include "blocks.h"
#include "kernels.h"
#include "storage.h"

namespace basin::inline BASIN_ISA {

template <class S>
double measured(const LionKTerms& terms, const S* x, int64_t n) {
    double total = terms.is_maximum() ? -double(infinity) : 0.0;
    for (int64_t i = 0; i < n; ++i) {
        const double term = terms(double(widen(x[i])));
        total = terms.is_maximum() ? larger(total, term) : total + term;
    }
    return total;
}

void lion_k_partials(
    int32_t values_type, const void* values, const double* scale, double* partials,
    int64_t block_begin, int64_t block_end, int64_t elements,
    int32_t measure, int32_t kind, double smoothing) {
    const LionKTerms terms{measure, kind, smoothing, scale == nullptr ? 1.0 : *scale};
    with_storage(values_type, [&]<class S>(S) {
        for (int64_t block = block_begin; block < block_end; ++block) {
            const int64_t begin = block * block_elements, left = elements - begin;
            partials[block] =
                measured(terms, static_cast<const S*>(values) + begin, left < block_elements ? left : block_elements);
        }
    });
}

}
