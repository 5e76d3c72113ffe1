// The bits of magnitudes, a block of elements at a time; the same code for the CPU and the device.
#pragma once

#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

inline constexpr int64_t selection_block = 8192;
inline constexpr int64_t selection_digits = 256;

// Ordered as the magnitudes are.
BASIN_HD uint32_t magnitude_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & 0x7FFFFFFFu;
}

struct BlockSpan {
    int64_t begin, end;

    BASIN_HD BlockSpan(int64_t block, int64_t elements)
        : begin(block * selection_block),
          end(elements - begin < selection_block ? elements : begin + selection_block) {}
};

template <class Values>
struct MagnitudeCounts {
    Values values;
    int32_t* counts;
    int64_t elements, above, digit_shift;

    BASIN_HD void operator()(int64_t block) const {
        int32_t* const own = counts + block * selection_digits;
        for (int64_t digit = 0; digit < selection_digits; ++digit) own[digit] = 0;
        const BlockSpan span(block, elements);
        for (int64_t i = span.begin; i < span.end; ++i) {
            const int64_t bits = int64_t(magnitude_bits(values[i])) >> digit_shift;
            own[bits & (selection_digits - 1)] += (bits >> 8) == above ? 1 : 0;
        }
    }
};

template <class Values, class Entries>
struct ListLargest {
    Values values;
    int32_t* indices;
    Entries entries;
    const int32_t* quotas;
    const int32_t* offsets;
    int64_t elements, count, bits;

    BASIN_HD void operator()(int64_t block) const {
        int32_t left = quotas[block];
        int64_t to = offsets[block];
        const BlockSpan span(block, elements);
        for (int64_t i = span.begin; i < span.end && to >= 0 && to < count; ++i) {
            const float x = values[i];
            const int64_t own = int64_t(magnitude_bits(x));
            const bool is_tied = own == bits && left > 0;
            left -= is_tied ? 1 : 0;
            if (own > bits || is_tied) {
                indices[to] = int32_t(i);
                entries.set(to++, x);
            }
        }
    }
};

template <class Values, class Results>
struct KeepLargest {
    Values values;
    Results results;
    const int32_t* quotas;
    int64_t elements, bits;
    bool signs;

    BASIN_HD void operator()(int64_t block) const {
        int32_t left = quotas[block];
        const BlockSpan span(block, elements);
        for (int64_t i = span.begin; i < span.end; ++i) {
            const float x = values[i];
            const int64_t own = int64_t(magnitude_bits(x));
            const bool is_kept = own > bits || (own == bits && left > 0);
            left -= own == bits && is_kept ? 1 : 0;
            results.set(i, is_kept ? (signs ? sign_of(x) : x) : 0.0f);
        }
    }

private:
    static BASIN_HD float sign_of(float x) { return x > 0.0f ? 1.0f : x < 0.0f ? -1.0f : x; }
};

}
