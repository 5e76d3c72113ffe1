#include "formula/lion_k.h"

#include "elementwise.h"
#include "kernels.h"
#include "squares.h"

namespace basin::inline BASIN_ISA {

void lion_k_groups(
    int32_t values_type, const void* values, int32_t directions_type, void* directions, double* norms,
    int64_t group_begin, int64_t group_end, int64_t elements, int64_t group_elements) {
    with_storage(values_type, [&]<class S>(S) {
        with_storage(directions_type, [&]<class D>(D) {
            for (int64_t group = group_begin; group < group_end; ++group) {
                const int64_t begin = group * group_elements;
                const int64_t n = elements - begin < group_elements ? elements - begin : group_elements;
                const double norm = ::sqrt(sum_of_squares(static_cast<const S*>(values) + begin, n));
                if (norms != nullptr) norms[group] = norm;
                elementwise(
                    begin, begin + n, WriteSlope{ByNorm(norm)}, Read{static_cast<const S*>(values)},
                    Write{static_cast<D*>(directions)});
            }
        });
    });
}

}
