#include "kernels.h"
#include "row_scan.h"

#include "formula/temperature.h"

namespace basin::inline BASIN_ISA {

void temperature_statistics(
    int32_t logits_type, const void* logits, int64_t logits_stride, const int32_t* targets,
    int32_t, const void* temperatures,
    int32_t, void* losses, void* confidences, void* corrects, void* confidence_slopes, void* loss_slopes, void* variances,
    int64_t row_begin, int64_t row_end, int64_t classes, double lowest, double highest, int32_t ignore_index) {
    const RowCall call{
        logits, logits_stride, targets, ignore_index, nullptr, 0, nullptr,
        nullptr, 0, 1.0, row_begin, row_end, classes, 1.0};
    scan_rows(call, logits_type, BASIN_F32, ScanResults{static_cast<float*>(losses), nullptr},
        TemperatureStatistics{
            static_cast<const float*>(temperatures), static_cast<float*>(confidences), static_cast<float*>(corrects),
            static_cast<float*>(confidence_slopes), static_cast<float*>(loss_slopes),
            static_cast<float*>(variances), lowest, highest});
}

}
