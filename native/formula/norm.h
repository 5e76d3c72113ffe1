// The three norms over rows. With the moments of a row they say what it is divided by; with the sums of its gradient they
// say what is subtracted from it. All have
//   xh = (x - shift) rstd;   dx = rstd (g - constant - slope xh),  g = gamma dy
#pragma once

#include "formula/value.h"

namespace basin::inline BASIN_ISA {

// Of a row, about its mean if the norm is centred, else about 0.
template <class T>
struct RowMoments {
    T width;
    T sum;      // of the entries themselves, only if the norm needs_sum
    T squares;
};

template <class T>
struct RowGradientSums {
    T width;
    T gradient;  // sum g, only if the norm is centred
    T product;   // sum g xh
};

template <class T>
struct RowGradientCoefficients {
    T constant;
    T slope;
};

// Layer normalisation (Ba, Kiros and Hinton, arXiv 1607.06450); keeps the mean, which is also the shift.
struct LayerNorm {
    static constexpr bool centred = true, needs_sum = true;

    template <class T>
    static BASIN_HD T kept(T width, T sum) { return sum / width; }

    template <class T>
    static BASIN_HD T mean_square(const RowMoments<T>& row) { return row.squares / row.width; }

    template <class T>
    static BASIN_HD RowGradientCoefficients<T> gradient(const RowGradientSums<T>& row, T, T) {
        return {row.gradient / row.width, row.product / row.width};
    }
};

// Root mean square normalisation (Zhang and Sennrich, arXiv 1910.07467); keeps nothing.
struct RmsNorm {
    static constexpr bool centred = false, needs_sum = false;

    template <class T>
    static BASIN_HD T kept(T, T) { return T(0); }

    template <class T>
    static BASIN_HD T mean_square(const RowMoments<T>& row) { return row.squares / row.width; }

    template <class T>
    static BASIN_HD RowGradientCoefficients<T> gradient(const RowGradientSums<T>& row, T, T) {
        return {T(0), row.product / row.width};
    }
};

// The same for a row of mean 0 without its last entry, which is minus the sum of the others (Jiang et al.,
// arXiv 2305.14858, section 3.3); keeps the sum. The norm divides by the width of the whole row.
struct CrmsNorm {
    static constexpr bool centred = false, needs_sum = true;

    template <class T>
    static BASIN_HD T kept(T, T sum) { return sum; }

    template <class T>
    static BASIN_HD T mean_square(const RowMoments<T>& row) {
        return (row.squares + row.sum * row.sum) / (row.width + T(1));
    }

    template <class T>
    static BASIN_HD RowGradientCoefficients<T> gradient(const RowGradientSums<T>& row, T sum, T rstd) {
        const T slope = row.product / (row.width + T(1));
        return {rstd * sum * slope, slope};
    }
};

}
