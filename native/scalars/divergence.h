// What the passes over two rows (row_divergence.h of the CPU and of the device) leave of formula/divergence.h for one thread, in
// f64: the same digits on both.
#pragma once

#include "scalars/scalars.h"

namespace basin::inline BASIN_ISA {

// What formula/divergence.h sums, with e against a mean that may be off: sum p e is not quite 0 then.
struct Excess {
    double total;  // sum_k p_k (exp(-e_k) - 1 + e_k)
    double mean;   // sum_k p_k e_k
};

// log(1 + x) - x
BASIN_HD double log_excess(double x) {
    return x > -1e-4 && x < 1e-4 ? x * x * (x / 3.0 - 0.5) : ::log1p(x) - x;
}

struct Divergence {
    float maximum, past_maximum;
    double total, past_total;  // sums of e^((z - maximum) / tau) and e^((q - past_maximum) / tau)
    double mean;               // of q - z - offset() under p, about
    double balance;            // log p - log r = (q - z - offset() - balance) / tau
    double value;              // K

    // Above this K the sums over both rows are enough: each logarithm is off by about an ulp of an f32 exponential, and K by
    // 2e-6 of it at most.
    static constexpr double large = 1.0 / 32.0;

    BASIN_HD bool is_number() const {
        return past_maximum > -infinity && past_maximum < infinity && past_total == past_total;
    }

    // Within the range of q - z; where one class outweighs all others in both rows, its q - z exactly.
    BASIN_HD double offset() const { return double(past_maximum) - double(maximum); }

    // From sums over both rows, `moved` that of e^((q - past_maximum) / tau) (q - z - offset()). A small K comes out of a
    // cancellation here, and is left to `refine`.
    BASIN_HD void set_sums(double tau, double now, double past, double moved, bool rules_out_past) {
        total = now;
        past_total = past;
        mean = moved / past;
        const double apart = ::log(past) - ::log(now);
        balance = tau * apart;
        value = rules_out_past ? double(infinity) : mean / tau - apart;
    }

    // excess_of() sums over both rows, with e against the mean as it is. log sum_k p_k exp(-e_k) = log(1 + total - mean), and K
    // is more than that by the mean: an error of the mean falls out of K, unless the e_k differ by less than that.
    template <class ExcessOf>
    BASIN_HD void refine(double tau, ExcessOf excess_of) {
        if (!is_number() || !(value < large)) return;
        Excess of = excess_of();
        if (of.mean * of.mean > of.total) {
            mean += tau * of.mean;
            of = excess_of();
        }
        value = of.total + log_excess(of.total - of.mean);
        balance = mean + tau * (of.mean - value);
    }
};

// r_k - p_k for one class.
BASIN_HD double shifted_probability_of(const Divergence& of, double tau, float z, float q) {
    const double r = ::exp((double(z) - double(of.maximum)) / tau) / of.total;
    const double p = ::exp((double(q) - double(of.past_maximum)) / tau) / of.past_total;
    const double log_ratio = (double(q) - double(z) - of.offset() - of.balance) / tau;
    return log_ratio > -1.0 && log_ratio < 1.0 ? p * ::expm1(-log_ratio) : r - p;
}

}
