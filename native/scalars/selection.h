// The bits of magnitudes, a block of elements at a time; the same code for the CPU and the device.
#pragma once

#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

inline constexpr int64_t selection_block = 8192;
inline constexpr int64_t selection_digits = 256;
// So many elements are compared at once, and looked at one by one only where one of them matters, which after the first digit few do.
inline constexpr int64_t selection_run = 64;

// Ordered as the magnitudes are.
BASIN_HD uint32_t magnitude_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits & 0x7FFFFFFFu;
}

// A number that no magnitude reaches stays one.
BASIN_HD uint32_t word(int64_t x) { return x < 0xFFFFFFFF ? uint32_t(x) : 0xFFFFFFFFu; }

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
        // Neighbours are counted apart, for the same digit's count has to be stored before it can be read again.
        int32_t odd[selection_digits];
        for (int64_t digit = 0; digit < selection_digits; ++digit) own[digit] = odd[digit] = 0;
        const BlockSpan span(block, elements);
        for (int64_t i = span.begin; i < span.end; i += selection_run) {
            const int64_t end = span.end - i < selection_run ? span.end : i + selection_run;
            if (is_first_digit() || has_match(i, end)) count(own, odd, i, end);
        }
        for (int64_t digit = 0; digit < selection_digits; ++digit) own[digit] += odd[digit];
    }

private:
    BASIN_HD uint32_t shifted(int64_t i) const { return magnitude_bits(values[i]) >> (digit_shift < 31 ? uint32_t(digit_shift) : 31u); }

    BASIN_HD bool has_match(int64_t begin, int64_t end) const {
        uint32_t matches = 0;
        for (int64_t i = begin; i < end; ++i) matches |= (shifted(i) >> 8) == word(above) ? 1u : 0u;
        return matches != 0;
    }

    BASIN_HD bool is_first_digit() const { return digit_shift == 24; }

    BASIN_HD void count(int32_t* even, int32_t* odd, int64_t begin, int64_t end) const {
        int64_t i = begin;
        for (; i + 1 < end; i += 2) {
            count(even, i);
            count(odd, i + 1);
        }
        if (i < end) count(even, i);
    }

    BASIN_HD void count(int32_t* counts_of, int64_t i) const {
        const uint32_t bits = shifted(i);
        counts_of[bits & uint32_t(selection_digits - 1)] += (bits >> 8) == word(above) ? 1 : 0;
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
        for (int64_t i = span.begin; i < span.end; i += selection_run) {
            const int64_t end = span.end - i < selection_run ? span.end : i + selection_run;
            if (has_largest(i, end)) list(i, end, left, to);
        }
    }

private:
    BASIN_HD bool has_largest(int64_t begin, int64_t end) const {
        uint32_t found = 0;
        for (int64_t i = begin; i < end; ++i) found |= magnitude_bits(values[i]) >= word(bits) ? 1u : 0u;
        return found != 0;
    }

    BASIN_HD void list(int64_t begin, int64_t end, int32_t& left, int64_t& to) const {
        for (int64_t i = begin; i < end && to >= 0 && to < count; ++i) {
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
