#include "formula/lion_k.h"

#include "block_sums.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

struct LargerOrNaN {
    __device__ double operator()(double a, double b) const { return larger(a, b); }
};

struct MeasuredGroup {
    TypedRow values;
    LionKTerms terms;

    __device__ double operator()(int64_t first, int64_t end) const {
        Elements x;
        double total = terms.is_maximum() ? -HUGE_VAL : 0.0;
        values.get(first, end, x);
        for (int i = 0; i < elements_of_thread && first + i < end; ++i) {
            const double term = terms(double(x[i]));
            total = terms.is_maximum() ? larger(total, term) : total + term;
        }
        return total;
    }
};

struct MakeMeasured {
    int32_t type;
    const void* values;
    const double* scale;
    LionKTerms terms;

    __device__ MeasuredGroup operator()() const {
        LionKTerms scaled = terms;
        if (scale != nullptr) scaled.scale = *scale;
        return {TypedRow(type, values, 0), scaled};
    }
};

void lion_k_partials(
    void* stream, int32_t values_type, const void* values, const double* scale, double* partials,
    int64_t block_begin, int64_t block_end, int64_t elements,
    int32_t measure, int32_t kind, double smoothing) {
    const LionKTerms terms{measure, kind, smoothing, 1.0};
    const MakeMeasured make{values_type, values, scale, terms};
    if (terms.is_maximum()) {
        reduce_blocks(stream, partials, block_begin, block_end, elements, make, LargerOrNaN{}, -HUGE_VAL);
    } else {
        sums_of_blocks(stream, partials, block_begin, block_end, elements, make);
    }
}

}
