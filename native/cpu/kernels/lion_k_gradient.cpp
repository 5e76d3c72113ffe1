#include "formula/lion_k.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

template <class Slope>
void write_slope(
    int32_t values_type, const void* values, int32_t directions_type, void* directions, int64_t begin, int64_t end, Slope slope) {
    with_storage(values_type, [&]<class S>(S) {
        with_storage(directions_type, [&]<class D>(D) {
            elementwise(
                begin, end, WriteSlope{slope}, Read{static_cast<const S*>(values)}, Write{static_cast<D*>(directions)});
        });
    });
}

void lion_k_gradient(
    int32_t values_type, const void* values, int32_t directions_type, void* directions, const double* statistics,
    int64_t begin, int64_t end, int32_t kind, double smoothing, double power) {
    const auto write = [&](auto slope) { write_slope(values_type, values, directions_type, directions, begin, end, slope); };
    if (kind > quadratic_k) {
        with_statistical_slope(kind, statistics, smoothing, power, [&](auto make) { write(make()); });
    } else {
        with_slope(kind, smoothing, write);
    }
}

}
