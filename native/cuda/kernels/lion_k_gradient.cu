#include "formula/lion_k.h"

#include "elementwise.h"
#include "kernels.h"

namespace basin::inline BASIN_ISA {

// The statistics lie in the device's memory.
template <class Slope>
struct MakeWriteSlope {
    MakeSlope<Slope> make;

    __device__ WriteSlope<Slope> operator()() const { return {make()}; }
};

void lion_k_gradient(
    void* stream, int32_t values_type, const void* values, int32_t directions_type, void* directions, const double* statistics,
    int64_t begin, int64_t end, int32_t kind, double smoothing, double power) {
    const Read from{values_type, values};
    const Write to{directions_type, directions};
    if (kind > quadratic_k) {
        with_statistical_slope(kind, statistics, smoothing, power, [&]<class Slope>(MakeSlope<Slope> make) {
            elementwise_made(stream, begin, end, MakeWriteSlope<Slope>{make}, from, to);
        });
    } else {
        with_slope(kind, smoothing, [&]<class Slope>(Slope slope) {
            elementwise(stream, begin, end, WriteSlope<Slope>{slope}, from, to);
        });
    }
}

}
